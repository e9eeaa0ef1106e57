package fetch

import (
	"context"
	"time"

	"gridwall/backend/stream"
)

// Attempt holds the preconditions of one attempt at a request.
type Attempt struct {
	// Upstream is the stream's URL and how to fetch it, under one generation of its token.
	Upstream stream.Upstream
	// NotBefore excludes playlists that were read before this time: a newer one can have newer tokens for its children. It is
	// zero in the first attempt, which uses everything that is known.
	NotBefore time.Time
}

// Rereads reports whether playlists are read again for this attempt, because an earlier one was refused.
func (a Attempt) Rereads() bool { return !a.NotBefore.IsZero() }

// operation is a request that Recover runs until it is not refused.
type operation func(ctx context.Context, a Attempt) error
