// Package media recognises the content of an answer by its bytes, without its Content-Type.
//
// What lives here: the formats of HLS (MPEG-TS, fragmented MP4, packed audio, subtitles, pictures, keys), other formats that
// servers send (FLV, a DASH manifest), and what they send in place of media (a web page, a text, JSON, nothing).
//
// What does not: requests (backend/httpclient), and parsing playlists (backend/hls).
//
// A result does not depend on how the bytes are split: once Look is sure of a beginning, it returns the same for every longer
// one.
package media
