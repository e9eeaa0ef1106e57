// Package chanlist implements the conventions of channel lists (M3U, Kodi, VLC), which pages, APIs and programs copy: whether a
// text is a list of channels or an HLS playlist, the headers after an address, and the names of headers in lists.
//
// What does not live here: reading a whole list (backend/extract/m3u), HLS (backend/hls), and which headers a request may
// send (backend/httpclient).
package chanlist
