package proxy

import (
	"context"
	"errors"
	"time"

	"gridwall/backend/stream"
)

const (
	// standsAfter is for how many target durations a live playlist may come unchanged until it counts as standing still.
	// RFC 8216bis (6.2.1) wants a new segment within one and a half.
	standsAfter = 3
	// shortestTarget takes the place of a shorter target duration, or of none, in that: two seconds are a hiccup.
	shortestTarget = 2 * time.Second
	// standPause is the pause after a fresh token has not made a standing playlist go on; each further one in a row doubles
	// it, up to maxStandPause. A stream that is off air then costs its site six runs an hour.
	standPause    = 30 * time.Second
	maxStandPause = 10 * time.Minute
	// holdFor is for how long the last good playlist is served while its server answers nothing.
	holdFor = 30 * time.Second
)

// growth is how far a rendition's playlist has come, and since when. The rendition's mu guards it.
type growth struct {
	last  int64
	parts int
	since time.Time
}

// grow notes how far the current listing has come. The caller holds r.mu.
func (r *rendition) grow() {
	s := r.snap
	if g := &r.growth; g.since.IsZero() || g.last != s.last() || g.parts != len(s.media.Open) {
		*g = growth{last: s.last(), parts: len(s.media.Open), since: s.at}
	}
}

// stands reports whether a live playlist has not grown for longer than it may. CDNs that check a token only when a
// session begins go on answering 200 after its end, with what was listed then.
func (r *rendition) stands() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.snap
	if s == nil || s.over() || s.media.PlaylistType == "VOD" || s.subtitles || s.pictures || s.media.IFramesOnly {
		return false
	}
	return time.Since(r.growth.since) > standsAfter*max(s.media.TargetDuration, shortestTarget)
}

// standing is what is done about a feed's playlists that stand still. The feed's mu guards it.
type standing struct {
	busy  bool
	who   string // the rendition that stood still
	tries int    // fresh tokens in a row that did not help
	until time.Time
}

// watchGrowth looks after a playlist that a player was just given: one that stands still is asked for in other ways,
// beside the request. So it costs its site nothing while nobody watches.
func (f *feed) watchGrowth(r *rendition) {
	stands := r.stands()
	f.mu.Lock()
	defer f.mu.Unlock()
	st := &f.standing
	if !stands {
		if st.who == r.name && !st.busy {
			st.tries = 0
		}
		return
	}
	if st.busy || time.Now().Before(st.until) || !f.p.begin() {
		return
	}
	st.busy = true
	if st.who != r.name {
		st.who, st.tries = r.name, 0
	}
	go func() {
		defer f.p.wg.Done()
		went := f.revive(f.p.ctx, r)
		f.mu.Lock()
		defer f.mu.Unlock()
		st.busy = false
		if went {
			st.tries = 0
			return
		}
		st.until = time.Now().Add(min(standPause<<min(st.tries, 8), maxStandPause))
		st.tries++
	}()
}

// revive makes a playlist go on that stands still: first by reading again what names it, then with a fresh token. It
// reports whether the playlist has grown.
func (f *feed) revive(ctx context.Context, r *rendition) bool {
	up, err := f.p.streams.Current(f.id)
	if err != nil {
		return false
	}
	look := func(up stream.Upstream) bool {
		now := time.Now()
		_, err := r.load(ctx, up, want{playlist: now, master: now, timeout: playlistTimeout})
		return err == nil && !r.stands()
	}
	if look(up) {
		return true
	}
	// Another request may have renewed it since the player asked.
	if s := r.current(); s != nil && s.generation > up.Generation {
		return false
	}
	f.p.log.Info("the playlist stands still, renewing", "stream", f.id, "rendition", r.name)
	wctx, cancel := context.WithTimeout(ctx, reviveTimeout)
	defer cancel()
	next, err := f.p.streams.Renew(wctx, f.id, stream.Refusal{Generation: up.Generation, URL: up.URL})
	if err != nil && next.Generation <= up.Generation {
		f.p.log.Info("the playlist stands still, and its token was not renewed", "stream", f.id, "why", stream.RedactText(err.Error()))
		return false
	}
	return look(next)
}

// reviveTimeout bounds the wait for such a renewal; it goes on beyond that.
const reviveTimeout = time.Minute

// lastGood is the playlist that is served in place of an error which will pass: the server answers nothing for a moment,
// or holds a blocking reload without end. nil where there is none, or it is too old.
func (r *rendition) lastGood(err error, blocking bool) *snapshot {
	var u *unfit
	if !(errors.As(err, &u) && u.passing()) && !(blocking && (isTimeout(err) || errors.Is(err, context.DeadlineExceeded))) {
		return nil
	}
	s := r.current()
	if s == nil || !blocking && time.Since(s.at) > max(holdFor, standsAfter*s.media.TargetDuration) {
		return nil
	}
	return s
}

// lastMaster is the same for what stands at the stream's URL.
func (f *feed) lastMaster(err error) *master {
	var u *unfit
	if !errors.As(err, &u) || !u.passing() {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.master == nil || time.Since(f.master.at) > holdFor {
		return nil
	}
	return f.master
}
