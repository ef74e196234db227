// Package m365sim is a small Microsoft 365 tenant over HTTP, with people in it.
//
// It makes sign-in, Graph, the Bot Connector and a company of pretend employees from a
// seed (or a file), all behind one http.Handler: tokens are checked, limits throttle,
// calendars are busy, and people accept, decline, press buttons, answer late or never, in
// the working hours of their own zones. Whatever a program does to the tenant from outside
// is written to a journal exactly as it happened, so a test can ask "was this done once?".
//
// Two clocks run here. Calendars, people, journal, subscriptions and delta tokens live in
// the time of Options.Now, which may be virtual. Access tokens and rate limits live in wall
// time, because the libraries on the other side do.
//
// It never calls anybody except the bot it was connected to and the notification URLs it
// was asked to notify, never stores anything, and pretends nothing a program could rely on
// beyond what the real service is documented or known to do. `rapport demo`, `rapport
// m365sim` and the tests of the other packages use it; nothing else does.
package m365sim
