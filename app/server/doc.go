// Package server is the headless transport of the facade: REST over HTTP with its OpenAPI description, server-sent
// events, playback mounted at /hls/, and the web UI (where that was not built, a plain page that says how). It guards all
// of them: who may ask (host, origin, token) and how much (sizes, waits). For a window it serves playback alone.
//
// What does not live here: what the answers say (app/api), playback itself (backend/proxy), and opening the listener
// or the parts (app). It imports nothing of the backend.
package server
