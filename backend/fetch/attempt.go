package fetch

import (
	"context"
	"time"

	"gridwall/backend/stream"
)

// Attempt says what one try at a request builds on.
type Attempt struct {
	// Upstream is where the stream is fetched from, under one generation of its token.
	Upstream stream.Upstream
	// NotBefore is the moment before which nothing may have been read from the upstream that is relied on: a playlist can
	// hold newer tokens for its children. Zero in the first attempt, which relies on all that is known.
	NotBefore time.Time
}

// Rereads reports whether playlists are read again for this attempt, since an earlier one was refused.
func (a Attempt) Rereads() bool { return !a.NotBefore.IsZero() }

// operation is what heal runs until it is not refused.
type operation func(ctx context.Context, a Attempt) error
