// Package media judges bytes: what an answer is, whatever its Content-Type says.
//
// What lives here: the forms of media that HLS carries (MPEG-TS, fragmented MP4, packed audio, subtitles, pictures,
// keys), those it does not carry but servers send (FLV, a DASH manifest), and what is sent instead of media (a web
// page, a text, JSON, nothing). Bytes in, judgement out.
//
// What does not: requests (backend/proxy, backend/extract), and what a playlist says (backend/hls).
//
// A judgement holds for the bytes however they are cut: once Look is sure of a beginning, it says the same of every
// longer one.
package media
