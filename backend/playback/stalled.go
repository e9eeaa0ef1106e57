package playback

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/response"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// stallPause is the pause after a renewal for a stalled playlist; each further one in a row doubles it, up to
	// maxStallPause. A stream that is off air then costs its site six runs an hour.
	stallPause    = 30 * time.Second
	maxStallPause = 10 * time.Minute
	// recoveredAfter is how long a playlist must have advanced since its last renewal for a stall to count as recovered: the
	// next pause is then the shortest again.
	recoveredAfter = 45 * time.Second
	// lastGoodFor is how long the last good playlist is served while its server returns empty answers.
	lastGoodFor = 30 * time.Second
)

// stallState records the recovery of a stream's stalled playlists. The stream's mu guards it.
type stallState struct {
	busy  bool
	tries int       // renewals in a row that did not help, or followed the previous one too soon
	at    time.Time // when the last one was requested
	until time.Time // when the next one is allowed
}

// WatchProgress checks a playlist that a player was just given. If it has stalled, it starts a recovery in the background. So a
// stalled stream costs its site nothing while nobody watches.
func (f *Stream) WatchProgress(r *Rendition) {
	if !r.Timeline.Stalled(time.Now()) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	st := &f.stall
	if st.busy || time.Now().Before(st.until) {
		return
	}
	st.busy = f.Tasks.Run(func() {
		renewed, advanced := f.recoverStalled(f.Tasks.Context, r)
		f.mu.Lock()
		defer f.mu.Unlock()
		st.record(renewed, advanced, time.Now())
	})
}

// record records the result of a recovery, and sets the pause before the next one.
func (st *stallState) record(renewed, advanced bool, now time.Time) {
	st.busy = false
	if !renewed && advanced {
		return
	}
	if advanced && now.Sub(st.at) > recoveredAfter {
		st.tries = 0
	}
	st.at, st.until = now, now.Add(min(stallPause<<min(st.tries, 8), maxStallPause))
	st.tries++
}

// recoverStalled tries to make a stalled playlist advance: first by reading it and the root playlist again, then with a fresh
// token. renewed reports whether it requested one, advanced whether the playlist has advanced.
func (f *Stream) recoverStalled(ctx context.Context, r *Rendition) (renewed, advanced bool) {
	up, err := f.Streams.Current(f.ID)
	if err != nil {
		return false, false
	}
	r.Timeline.SetRecovering(true)
	defer r.Timeline.SetRecovering(false)
	if f.advances(ctx, r, up) {
		return false, true
	}
	// Another request may have renewed the token since the player's request.
	if s := r.Current(); s != nil && s.Generation > up.Generation {
		return false, false
	}
	f.Log.Info("the playlist has stalled; renewing the token", "stream", f.ID, "rendition", r.name)
	wctx, cancel := context.WithTimeout(ctx, stallTimeout)
	defer cancel()
	next, err := f.Streams.Renew(wctx, f.ID, stream.Refusal{Generation: up.Generation, URL: up.URL})
	if err != nil && next.Generation <= up.Generation {
		f.Log.Info("the playlist has stalled, and its token could not be renewed", "stream", f.ID, "why", stream.RedactText(err.Error()))
		return true, false
	}
	return true, f.advances(ctx, r, next)
}

// advances reads the root playlist and a rendition's playlist again, and reports whether the latter advances.
func (f *Stream) advances(ctx context.Context, r *Rendition, up stream.Upstream) bool {
	now := time.Now()
	_, err := f.LoadPlaylist(ctx, r, up, Want{Playlist: now, root: now, Timeout: fetch.PlaylistTimeout})
	return err == nil && !r.Timeline.Stalled(time.Now())
}

// stallTimeout bounds the wait for such a renewal, which continues afterwards.
const stallTimeout = time.Minute

// LastGood returns the last playlist, to be served instead of an error that will pass: the server returned an empty answer, or
// does not answer a blocking reload. It returns nil for other errors, and if the playlist is too old.
func (r *Rendition) LastGood(err error, blocking bool) *timeline.Snapshot {
	if !momentary(err) && !(blocking && (fetch.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded))) {
		return nil
	}
	s := r.Current()
	if s == nil || !blocking && time.Since(s.At) > max(lastGoodFor, timeline.StallTargets*s.Media.TargetDuration) {
		return nil
	}
	return s
}

// momentary reports whether the previous playlist is still valid despite err: the new one is still being written, or the
// server answered 304 to an unconditional request.
func momentary(err error) bool {
	var u *response.Unexpected
	var s *response.StatusError
	return errors.As(err, &u) && u.Transient() || errors.As(err, &s) && s.Status == http.StatusNotModified
}

// lastRoot is LastGood for the playlist at the stream's URL.
func (f *Stream) lastRoot(err error) *rootPlaylist {
	if !momentary(err) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root == nil || time.Since(f.root.at) > lastGoodFor {
		return nil
	}
	return f.root
}
