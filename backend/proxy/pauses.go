package proxy

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/stream"
)

const (
	// maxHealPause bounds the pause between renewals of a stream that is refused with a fresh token as well: the
	// stream is off air, and its site shall not be asked with every reload of a playlist.
	maxHealPause = 15 * time.Second
	// maxGonePause bounds it where the token is not at fault: a host cannot be reached, or what is listed does not exist.
	maxGonePause = 2 * time.Minute
	// forgetPause is for how long nothing must have failed, after a pause, for the next one to be the shortest again.
	forgetPause = 2 * maxGonePause
	// maxPauses bounds the things of a feed for which such a pause is remembered.
	maxPauses = 512
	// maxProofs bounds the things of a feed of which it is known how they were had last.
	maxProofs = 64
	// proofLen is how much of an object is asked for to see whether a token still opens it, in bytes.
	proofLen = 1 << 10
)

// pause says how often fresh tokens were refused in a row, and until when no further one is asked for.
type pause struct {
	failures int
	since    time.Time
	until    time.Time
	fresh    bool // a fresh token was had, and refused; else none was had
}

func (f *feed) pause(what string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[what]
	if !known {
		return time.Until(f.paused)
	}
	return time.Until(p.until)
}

// unhealed notes that a renewal did not help. The pauses double, up to most. fresh reports whether there was a fresh token.
func (f *feed) unhealed(what string, most time.Duration, fresh bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[what]
	if known && time.Since(p.until) > forgetPause {
		p = pause{}
	}
	p.failures++
	f.pauseFor(what, pause{failures: p.failures, fresh: fresh}, min(time.Second<<min(p.failures, 10), most))
}

// pauseFor begins a pause of length d. Where too many things are paused, all of them wait for the longest: a playlist
// can name any number of dead hosts. The caller holds f.mu.
func (f *feed) pauseFor(what string, p pause, d time.Duration) {
	if _, known := f.pauses[what]; !known && len(f.pauses) >= maxPauses {
		now := time.Now()
		maps.DeleteFunc(f.pauses, func(_ string, p pause) bool { return !p.until.After(now) })
		if len(f.pauses) >= maxPauses {
			f.paused = now.Add(maxHealPause)
			return
		}
	}
	p.since = time.Now()
	p.until = p.since.Add(d)
	f.pauses[what] = p
}

func (f *feed) healed(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pauses, what)
}

// absentKey names, for the pauses, those things of a kind that are listed and not there: they say nothing of the others.
func absentKey(what string) string { return what + "/absent" }

// proof is an object that was had under a generation of the token.
type proof struct {
	generation uint64
	url        *url.URL
	e          entry
}

// proves notes that an object of a rendition was had from u.
func (f *feed) proves(what string, up stream.Upstream, u *url.URL, e entry) {
	if strings.HasPrefix(what, dataPause) {
		return
	}
	p := proof{generation: max(up.Generation, e.origin.generation), url: detached(u),
		e: entry{rng: e.rng, origin: e.origin, expected: e.expected}}
	p.e.cover = nil
	if p.e.rng.Length < 0 || p.e.rng.Length > proofLen {
		p.e.rng = hls.ByteRange{Offset: max(0, p.e.rng.Offset), Length: proofLen}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.proofs == nil || len(f.proofs) >= maxProofs && f.proofs[what] == nil {
		f.proofs = map[string]*proof{}
	}
	f.proofs[what] = &p
}

// outdated reports whether there is a newer token than up's: to be given it runs no source.
func (f *feed) outdated(up stream.Upstream) bool {
	now, err := f.p.streams.Current(f.id)
	return err == nil && now.Generation > up.Generation
}

// mayRenew reports whether a renewal that is to wait, under key, is due all the same: there is a newer token already; or
// the token worked since the pause began, and what was had with it is refused now.
func (f *feed) mayRenew(ctx context.Context, key, what string, up stream.Upstream) bool {
	if f.pause(key) <= 0 || f.outdated(up) {
		return true
	}
	f.mu.Lock()
	begun, p := f.pauses[key], f.proofs[what]
	f.mu.Unlock()
	if p == nil || p.generation != up.Generation {
		// Nothing shows that the token ever worked for this.
		return key != what && !begun.since.IsZero() && time.Since(begun.since) > maxHealPause
	}
	if !begun.fresh {
		return false
	}
	_, err := f.once(ctx, "proof/"+what+"/"+strconv.FormatUint(up.Generation, 10), func(ctx context.Context) (any, error) {
		o, err := f.ask(ctx, up, p.url, p.e, 0)
		if err == nil {
			_ = o.body.Close()
		}
		return nil, err
	})
	_, ended := asRefused(err)
	return ended
}
