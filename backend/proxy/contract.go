package proxy

import (
	"gridwall/backend/fetch"
	"gridwall/backend/playback"
)

// What a Proxy is made of.
type (
	Options = playback.Options
	Rewind  = playback.Rewind
)

// MaxOldRecord bounds what is read of a stream's record, in bytes.
const MaxOldRecord = playback.MaxOldRecord

// Message returns what a person is told of an error of this package: one line, without any token.
func Message(err error) string { return fetch.Message(err) }
