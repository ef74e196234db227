// Package jobs acts: the right step, at the right time, once.
//
// From the documents in the store it derives what is due, lets one pure function of
// playbooks decide, does it outside through the ledger, and saves the new document with
// what comes next. It never trusts the queue (a task is only a hint), never acts without
// a ledger row, and never puts more than ids into a task. What it sends leaves through
// integrations, which cmd hands in.
package jobs
