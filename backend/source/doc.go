// Package source reads the files that describe a user's sources (sources/NAME.toml): it parses them strictly,
// validates them, reloads them when they change, and writes them, as a whole or only the line that turns a source on or off.
//
// What does not live here: what a source lists and how that is fetched (backend/extract and its kinds). The table of kinds with
// their keys is here, in kinds.go, because a strict parser needs it.
package source
