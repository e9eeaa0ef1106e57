// Package source reads the files that describe a user's sources (sources/NAME.toml): it parses them strictly,
// checks them, watches their folder, and writes them: as a whole, or the one line that turns a source on or off.
//
// What a source lists, and how that is fetched, is the business of package extract and of its kinds. The table of
// kinds with the keys that each allows stands here, in kinds.go, because a strict parser needs it.
package source
