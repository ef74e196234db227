// Package teams is rapport's voice and ear in Microsoft Teams.
//
// From a prompt.Message it makes an Adaptive Card and shows it in a person's chat with the
// bot; from what people press or type there it makes a prompt.Answer, after checking the
// service's token on every single request. It never decides what to say, never trusts what
// a card claims about who pressed it, never sends its token anywhere but to the listed hosts
// of the Bot Connector, and never writes names, tokens or anybody's words to a log.
// Messages come from jobs; answers go back to jobs through the Desk.
package teams
