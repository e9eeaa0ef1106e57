// Package tomlfile reads the TOML files that users write, and reports where in the file a mistake is.
//
// What lives here: the bounds on keys (keys.go), the positions of keys and values (position.go), the collection of errors with
// their positions (reader.go), the suggestion for a misspelt key (suggest.go), and how errors show values (text.go).
//
// What does not live here: which keys a file may have and what they mean (backend/config, backend/source, backend/schedule), and the
// editing of files (backend/source).
package tomlfile
