// Package server is the headless transport of the facade: REST over HTTP with its OpenAPI document, server-sent events, playback
// under /hls/, and the web UI (or, if that was not built, a plain page that says how to build it). It protects all of them: it
// decides who may send requests (host, origin, token) and limits their sizes and times. For a window it serves only playback and
// the calendar.
//
// Not here: the content of responses (app/api), playback itself (backend/proxy), and building the parts (app). It does not import
// the backend.
package server
