// Package mail writes what rapport says as a letter.
//
// From a prompt.Message it makes a mail in two forms, HTML that holds in old and new mail
// programs and plain words beside it, with the headers a careful sender sets, ready as MIME.
// It never sends anything, never puts a form or a script into a mail, and never acts: its one
// button opens a page. Letters go to integrations/graph, which posts them from the service
// mailbox.
package mail
