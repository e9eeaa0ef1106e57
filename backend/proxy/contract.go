package proxy

import (
	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/streamrecord"
)

// Options configures a Proxy, Rewind its DVR window.
type (
	Options = playback.Options
	Rewind  = playback.Rewind
)

// MaxOldRecord bounds the size of a stream's record that is read, in bytes.
const MaxOldRecord = streamrecord.MaxOld

// Close ends every upstream request and persists the state of the streams. Later requests fail.
func (p *Proxy) Close() error { return p.engine.Close() }

// SetCacheBytes changes Options.CacheBytes. Objects that exceed a smaller bound are evicted at once; their current readers can
// read to the end.
func (p *Proxy) SetCacheBytes(n int64) { p.engine.SetCacheBytes(n) }

// SetRewind changes Options.Rewind. Files that exceed the limits are deleted at once.
func (p *Proxy) SetRewind(r Rewind) { p.engine.SetRewind(r) }

// Playing reports whether a player is fetching media of the stream.
func (p *Proxy) Playing(id string) bool { return p.engine.Playing(id) }

// Message returns an error of this package as one line for users, without tokens.
func Message(err error) string { return fetch.Message(err) }
