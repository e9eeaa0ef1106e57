// Package hls reads HLS playlists (RFC 8216bis) and rewrites the addresses in them: bytes in, bytes out.
//
// A playlist is parsed once, into a structure that says what it means and a list of edits: the spans of the source that
// hold an address or must change. Rendering copies what lies between the edits, so everything that is not an address
// stays byte for byte: line ends, blank lines, comments, unknown tags, the digits of a duration, a missing final newline.
// One parse can be rendered many times, by many goroutines at once.
//
// What some player refuses is repaired, and nothing else: text before #EXTM3U, blanks around tags and attributes, other
// quotes, missing commas and lower-case names, a tag that may stand once and stands twice, a head that stands behind a
// segment, a missing target duration, a duration or a number that is not one (Media.Faults says so). An address in a
// comment or a title is blanked: no player asks for it, and it holds a token as often as others do.
//
// Parsing and rendering take time in proportion to the length of the text, whatever it says; errors.go has the limits.
//
// No address of the upstream leaves through a tag that is known to carry one (FACTS: the list of tags). Where a line
// cannot be made safe or makes no sense behind a proxy (content steering, definitions of variables that have been
// substituted, a tag of the other kind of playlist, an address that no tag announced) it is left out.
//
// What does not live here: fetching, resolving relative addresses, deciding how addresses look (the two Naming
// interfaces), aligning one edge's numbers with another's (Shift says only what to write), reading tokens.
package hls
