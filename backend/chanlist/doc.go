// Package chanlist reads the conventions of channel lists (M3U, Kodi, VLC), which pages, APIs and programs copy: whether a
// text is a list of channels or an HLS playlist, the headers that are written behind an address, and the names that lists
// give to headers.
//
// What does not live here: reading a whole list (backend/extract/m3u), HLS itself (backend/hls), and the rules for what a
// request may send (backend/httpclient).
package chanlist
