package proxy

import (
	"context"
	"errors"
	"net/http"
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
	// longestHiccup bounds what is learned of a server's hiccups.
	longestHiccup = 30 * time.Second
	// steadyFor is for how long a playlist must have gone on, since it was last renewed for standing still, to be thought
	// well again: then the pauses begin with the shortest.
	steadyFor = 45 * time.Second
	// holdFor is for how long the last good playlist is served while its server answers nothing.
	holdFor = 30 * time.Second
)

// growth is how far a rendition's playlist has come, and since when. The rendition's mu guards it.
type growth struct {
	last  int64
	parts int
	since time.Time
	// slowest is the longest time that it stood still and then went on by itself, up to longestHiccup.
	slowest    time.Duration
	generation uint64
	revived    bool // something is done so that it goes on
}

// grow notes how far the current listing has come. The caller holds r.mu.
func (r *rendition) grow() {
	s := r.snap
	g := &r.growth
	switch {
	case g.since.IsZero():
	case g.last == s.last() && g.parts == len(s.media.Open):
		return
	case g.generation == s.generation && !g.revived:
		g.slowest = max(g.slowest, min(s.at.Sub(g.since), longestHiccup))
	}
	g.last, g.parts, g.since, g.generation = s.last(), len(s.media.Open), s.at, s.generation
}

// patience is for how long the current listing may stand still. Some servers name a target duration that they do not keep,
// or write several segments at once: what was seen of them counts. The caller holds r.mu.
func (r *rendition) patience() time.Duration {
	target := max(r.snap.media.TargetDuration, shortestTarget)
	for i := range r.snap.media.Segments {
		target = max(target, min(r.snap.media.Segments[i].Duration, longestHiccup))
	}
	return max(standsAfter*target, 2*r.growth.slowest)
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
	return time.Since(r.growth.since) > r.patience()
}

// standing is what is done about a feed's playlists that stand still. The feed's mu guards it.
type standing struct {
	busy  bool
	tries int       // fresh tokens in a row that were asked for too soon one after the other, or did not help
	at    time.Time // when the last one was asked for
	until time.Time
}

// watchGrowth looks after a playlist that a player was just given: one that stands still is asked for in other ways,
// beside the request. So it costs its site nothing while nobody watches.
func (f *feed) watchGrowth(r *rendition) {
	if !r.stands() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	st := &f.standing
	if st.busy || time.Now().Before(st.until) || !f.p.begin() {
		return
	}
	st.busy = true
	go func() {
		defer f.p.wg.Done()
		asked, went := f.revive(f.p.ctx, r)
		f.mu.Lock()
		defer f.mu.Unlock()
		st.busy = false
		if !asked && went {
			return
		}
		now := time.Now()
		if went && now.Sub(st.at) > steadyFor {
			st.tries = 0
		}
		st.at, st.until = now, now.Add(min(standPause<<min(st.tries, 8), maxStandPause))
		st.tries++
	}()
}

// revive makes a playlist go on that stands still: first by reading again what names it, then with a fresh token. asked
// reports whether one was asked for, went whether the playlist has grown.
func (f *feed) revive(ctx context.Context, r *rendition) (asked, went bool) {
	up, err := f.p.streams.Current(f.id)
	if err != nil {
		return false, false
	}
	r.setRevived(true)
	defer r.setRevived(false)
	look := func(up stream.Upstream) bool {
		now := time.Now()
		_, err := r.load(ctx, up, want{playlist: now, master: now, timeout: playlistTimeout})
		return err == nil && !r.stands()
	}
	if look(up) {
		return false, true
	}
	// Another request may have renewed it since the player asked.
	if s := r.current(); s != nil && s.generation > up.Generation {
		return false, false
	}
	f.p.log.Info("the playlist stands still, renewing", "stream", f.id, "rendition", r.name)
	wctx, cancel := context.WithTimeout(ctx, reviveTimeout)
	defer cancel()
	next, err := f.p.streams.Renew(wctx, f.id, stream.Refusal{Generation: up.Generation, URL: up.URL})
	if err != nil && next.Generation <= up.Generation {
		f.p.log.Info("the playlist stands still, and its token was not renewed", "stream", f.id, "why", stream.RedactText(err.Error()))
		return true, false
	}
	return true, look(next)
}

func (r *rendition) setRevived(now bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.growth.revived = now
}

// reviveTimeout bounds the wait for such a renewal; it goes on beyond that.
const reviveTimeout = time.Minute

// lastGood is the playlist that is served in place of an error which will pass: the server answers nothing for a moment,
// or holds a blocking reload without end. nil where there is none, or it is too old.
func (r *rendition) lastGood(err error, blocking bool) *snapshot {
	if !momentary(err) && !(blocking && (isTimeout(err) || errors.Is(err, context.DeadlineExceeded))) {
		return nil
	}
	s := r.current()
	if s == nil || !blocking && time.Since(s.at) > max(holdFor, standsAfter*s.media.TargetDuration) {
		return nil
	}
	return s
}

// momentary reports whether the previous playlist is still valid despite err: the new one is still being written, or the
// server answered 304 to an unconditional request.
func momentary(err error) bool {
	var u *unfit
	var s *statusError
	return errors.As(err, &u) && u.passing() || errors.As(err, &s) && s.status == http.StatusNotModified
}

// lastMaster is the same for what stands at the stream's URL.
func (f *feed) lastMaster(err error) *master {
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
