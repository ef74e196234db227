// Package graph speaks with Microsoft Graph for the jobs.
//
// From groups, mailboxes and the service mailbox's calendar it makes roster entries,
// free/busy calendars, booked events, what attendees answered, subscriptions to that, mails,
// and installations of the Teams app. It never reads a subject, a place or a body that
// somebody else wrote (the one exception is Chats.Find, which looks only for the identity of
// our own cards), never repeats a write by itself, never sends the token anywhere but to the
// configured Graph host, and never hands an SDK type or an SDK error to its callers. What it
// makes goes to jobs, through the small interfaces declared there.
//
// It is the only importer of msgraph-sdk-go (its models and core, never the root package,
// which costs minutes of compilation) and of azidentity.
//
// # Rules of the house towards Graph
//
// Every request carries Prefer: IdType="ImmutableId", outlook.timezone="UTC". What is
// written is always built afresh; an object that came from an answer is never sent back,
// because the SDK would leave out most of it in silence. Requests are never compressed and
// never repeated here: a throttled call ends at once with an Error that says when to come
// back, and the queue does the waiting (FreeBusy alone may ask for the missing parts of a
// batch again, when Options.Pause lets it wait a few seconds). At most four requests are in flight for one mailbox,
// counted by the Gate across all workers.
package graph
