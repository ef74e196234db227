// Package manifest makes the Teams app package that an administrator uploads.
//
// From the bot's id, the addresses of this installation and our own texts and icons it makes
// one zip: the manifest (schema 1.29), two icons and a file for every further language. The
// same options always make the same bytes. It calls nobody, keeps nothing and asks for no
// permission that the bot does not need. The zip goes to the organisation's app catalogue.
package manifest
