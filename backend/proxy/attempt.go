package proxy

import (
	"context"
	"time"

	"gridwall/backend/stream"
)

// attempt says what one try at a request builds on.
type attempt struct {
	// up is where the stream is fetched from, under one generation of its token.
	up stream.Upstream
	// notBefore is the moment before which nothing may have been read from the upstream that is relied on: a playlist can
	// hold newer tokens for its children. Zero in the first attempt, which relies on all that is known.
	notBefore time.Time
}

// rereads reports whether playlists are read again for this attempt, since an earlier one was refused.
func (a attempt) rereads() bool { return !a.notBefore.IsZero() }

// operation is what heal runs until it is not refused.
type operation func(ctx context.Context, a attempt) error
