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
	// standPause is the pause after a fresh token has not made a standing playlist go on; each further one in a row doubles
	// it, up to maxStandPause. A stream that is off air then costs its site six runs an hour.
	standPause    = 30 * time.Second
	maxStandPause = 10 * time.Minute
	// steadyFor is for how long a playlist must have gone on, since it was last renewed for standing still, to be thought
	// well again: then the pauses begin with the shortest.
	steadyFor = 45 * time.Second
	// holdFor is for how long the last good playlist is served while its server answers nothing.
	holdFor = 30 * time.Second
)

// standing is what is done about a feed's playlists that stand still. The feed's mu guards it.
type standing struct {
	busy  bool
	tries int       // fresh tokens in a row that were asked for too soon one after the other, or did not help
	at    time.Time // when the last one was asked for
	until time.Time
}

// WatchProgress looks after a playlist that a player was just given: one that stands still is asked for in other ways,
// beside the request. So it costs its site nothing while no one watches.
func (f *Stream) WatchProgress(r *Rendition) {
	if !r.Timeline.Stalled(time.Now()) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	st := &f.standing
	if st.busy || time.Now().Before(st.until) {
		return
	}
	st.busy = f.Tasks.Run(func() {
		asked, went := f.revive(f.Tasks.Context, r)
		f.mu.Lock()
		defer f.mu.Unlock()
		st.revived(asked, went, time.Now())
	})
}

// revived records what came of a try to make a playlist go on, and until when there is no other one.
func (st *standing) revived(asked, went bool, now time.Time) {
	st.busy = false
	if !asked && went {
		return
	}
	if went && now.Sub(st.at) > steadyFor {
		st.tries = 0
	}
	st.at, st.until = now, now.Add(min(standPause<<min(st.tries, 8), maxStandPause))
	st.tries++
}

// revive makes a playlist go on that stands still: first by reading again what names it, then with a fresh token. asked
// reports whether one was asked for, went whether the playlist has grown.
func (f *Stream) revive(ctx context.Context, r *Rendition) (asked, went bool) {
	up, err := f.Streams.Current(f.ID)
	if err != nil {
		return false, false
	}
	r.Timeline.SetRecovering(true)
	defer r.Timeline.SetRecovering(false)
	if f.goesOn(ctx, r, up) {
		return false, true
	}
	// Another request may have renewed it since the player asked.
	if s := r.Current(); s != nil && s.Generation > up.Generation {
		return false, false
	}
	f.Log.Info("the playlist stands still, renewing", "stream", f.ID, "rendition", r.name)
	wctx, cancel := context.WithTimeout(ctx, reviveTimeout)
	defer cancel()
	next, err := f.Streams.Renew(wctx, f.ID, stream.Refusal{Generation: up.Generation, URL: up.URL})
	if err != nil && next.Generation <= up.Generation {
		f.Log.Info("the playlist stands still, and its token was not renewed", "stream", f.ID, "why", stream.RedactText(err.Error()))
		return true, false
	}
	return true, f.goesOn(ctx, r, next)
}

// goesOn reads a playlist, and what names it, and reports whether it goes on.
func (f *Stream) goesOn(ctx context.Context, r *Rendition, up stream.Upstream) bool {
	now := time.Now()
	_, err := f.LoadPlaylist(ctx, r, up, Want{Playlist: now, root: now, Timeout: fetch.PlaylistTimeout})
	return err == nil && !r.Timeline.Stalled(time.Now())
}

// reviveTimeout bounds the wait for such a renewal; it goes on beyond that.
const reviveTimeout = time.Minute

// LastGood returns the playlist that is served instead of an error which will pass: the server answers nothing for a moment,
// or holds a blocking reload without end. nil if there is none, or it is too old.
func (r *Rendition) LastGood(err error, blocking bool) *timeline.Snapshot {
	if !momentary(err) && !(blocking && (fetch.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded))) {
		return nil
	}
	s := r.Current()
	if s == nil || !blocking && time.Since(s.At) > max(holdFor, timeline.StallTargets*s.Media.TargetDuration) {
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

// lastMaster returns the same for what stands at the stream's URL.
func (f *Stream) lastMaster(err error) *master {
	if !momentary(err) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.master == nil || time.Since(f.master.at) > holdFor {
		return nil
	}
	return f.master
}
