package proxy

import (
	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/streamrecord"
)

// What a Proxy is made of.
type (
	Options = playback.Options
	Rewind  = playback.Rewind
)

// MaxOldRecord bounds what is read of a stream's record, in bytes.
const MaxOldRecord = streamrecord.MaxOld

// Close ends every upstream request and writes what is to be persisted. Requests may still come: they fail.
func (p *Proxy) Close() error { return p.engine.Close() }

// SetCacheBytes changes Options.CacheBytes. Objects that exceed a smaller bound are evicted at once; their readers can
// read on.
func (p *Proxy) SetCacheBytes(n int64) { p.engine.SetCacheBytes(n) }

// SetRewind changes Options.Rewind. Files that exceed the limits are deleted at once.
func (p *Proxy) SetRewind(r Rewind) { p.engine.SetRewind(r) }

// Playing reports whether a player fetches media of the stream now.
func (p *Proxy) Playing(id string) bool { return p.engine.Playing(id) }

// Message returns what a person is told of an error of this package: one line, without any token.
func Message(err error) string { return fetch.Message(err) }
