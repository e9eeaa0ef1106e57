// Package guess proposes a source for an address that a user pastes: the kind, and the text of its file.
//
// What lives here: recognising what the address answers, the order in which the kinds are tried, writing a jq program for unknown
// JSON, and the text of the file. Each proposal is tried with the kind's extractor before it is returned.
//
// What does not live here: the kinds (backend/extract and the folders below it) and writing the file (backend/source).
package guess
