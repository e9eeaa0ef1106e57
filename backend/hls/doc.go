// Package hls parses HLS playlists (RFC 8216bis) and rewrites the addresses in them: bytes in, bytes out.
//
// A playlist is parsed once, into its meaning and a list of edits: the spans of the text that contain an address or
// have to change. Rendering copies everything between the edits, so all other bytes stay as they are: line ends, blank
// lines, comments, unknown tags, the digits of a duration, a missing final newline. A parsed playlist is immutable and
// may be rendered by many goroutines at once.
//
// Faults that some player refuses are repaired, and nothing else: text before #EXTM3U, blanks around tags and
// attributes, other quotes, missing commas, lower-case names, a repeated tag that may appear once, a header tag behind
// a segment, a missing target duration, an unreadable duration or number (see Media.Faults). An address in a comment or
// a title is replaced with a placeholder: no player requests it, and it often contains a token.
//
// Parsing and rendering take time proportional to the length of the text, whatever it contains; errors.go lists the
// limits.
//
// No upstream address remains in a tag that can carry one (RFC 8216bis, and the vendors' tags in tags.go). A line that
// cannot be made safe, or that makes no sense behind a proxy, is left out: content steering, definitions of substituted
// variables, a tag of the other kind of playlist, an address without its tag.
//
// What does not live here: fetching, resolving relative addresses, choosing the form of addresses (the two Naming
// interfaces), aligning the numbers of two edges (Shift only says what to write), reading tokens.
package hls
