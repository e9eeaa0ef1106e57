package fetch

import (
	"context"
	"fmt"
	"maps"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/stream"
)

const (
	// maxHealPause bounds the pause between renewals of a stream that is refused with a fresh token as well: the
	// stream is off air, and its site must not be asked with every reload of a playlist.
	maxHealPause = 15 * time.Second
	// maxGonePause bounds it where the token is not at fault: a host cannot be reached, or what is listed does not exist.
	maxGonePause = 2 * time.Minute
	// forgetPause is for how long nothing must have failed, after a pause, for the next one to be the shortest again.
	forgetPause = 2 * maxGonePause
	// maxPauses bounds the things of a feed for which such a pause is remembered.
	maxPauses = 512
	// maxHad bounds the things of a feed of which it is known under which token they were had last.
	maxHad = 64
	// tryOutWait bounds the time in which that is found out.
	tryOutWait = 2 * time.Second
	// proofLen is how much of a segment is asked for to see whether a token still opens it, in bytes.
	proofLen = 1 << 10
)

// pause says how often fresh tokens were refused in a row, and until when no further one is asked for.
type pause struct {
	failures int
	since    time.Time
	until    time.Time
	fresh    bool // a fresh token was had, and refused; else none was had
}

func (f *Fetcher) pause(what string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[what]
	if !known {
		return time.Until(f.paused)
	}
	return time.Until(p.until)
}

// unhealed notes that a renewal did not help. The pauses double, up to most. fresh reports whether there was a fresh token.
func (f *Fetcher) unhealed(what string, most time.Duration, fresh bool) {
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
func (f *Fetcher) pauseFor(what string, p pause, d time.Duration) {
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

func (f *Fetcher) healed(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pauses, what)
}

// proves records that an object of a rendition was fetched under a generation of the token. Objects of advertisements
// are left out: this is never asked for them, and they are so many that they would push out the known state of the
// renditions.
func (f *Fetcher) proves(what Subject, generation uint64) {
	if what.Asset {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.had[what.Name]; f.had == nil || !known && len(f.had) >= maxHad {
		f.had = map[string]uint64{}
	}
	f.had[what.Name] = max(f.had[what.Name], generation)
}

// outdated reports whether there is a newer token than up's: to be given it runs no source.
func (f *Fetcher) outdated(up stream.Upstream) bool {
	now, err := f.Streams.Current(f.ID)
	return err == nil && now.Generation > up.Generation
}

// mayRenew reports whether a renewal that is to wait, under key, is due all the same: there is a newer token already; or
// the token worked since the pause began, and what was had with it is refused now.
func (f *Fetcher) mayRenew(ctx context.Context, key string, what Subject, up stream.Upstream) bool {
	if f.pause(key) <= 0 || f.outdated(up) {
		return true
	}
	f.mu.Lock()
	begun, had := f.pauses[key], f.had[what.Name]
	f.mu.Unlock()
	if had != up.Generation {
		// Nothing shows that the token ever worked for this.
		return key != what.Name && !begun.since.IsZero() && time.Since(begun.since) > maxHealPause
	}
	return begun.fresh && f.tokenState(ctx, what, up, 0) == tokenEnded
}

// tokenState is the known state of a token that has opened media of a rendition before.
type tokenState int

const (
	tokenUnknown tokenState = iota
	tokenGood
	tokenEnded
)

// tokenState finds out whether up's token still opens media of a rendition: it asks for other segments, so many behind the
// newest one at least.
func (f *Fetcher) tokenState(ctx context.Context, what Subject, up stream.Upstream, behind int64) tokenState {
	f.mu.Lock()
	had := f.had[what.Name]
	f.mu.Unlock()
	if what.Media == nil || had != up.Generation {
		return tokenUnknown
	}
	key := fmt.Sprintf("ended/%s/%d/%d", what.Name, up.Generation, behind)
	v, err := f.Once(ctx, key, func(ctx context.Context) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, tryOutWait)
		defer cancel()
		err := error(nil)
		for _, e := range what.established(up.Generation, behind) {
			if err = f.tryOut(ctx, up, e); err == nil {
				return tokenGood, nil
			}
		}
		return tokenUnknown, err
	})
	if _, refused := AsRefused(err); refused {
		return tokenEnded
	}
	state, _ := v.(tokenState)
	return state
}

// tryOut asks for the beginning of an object.
func (f *Fetcher) tryOut(ctx context.Context, up stream.Upstream, e Object) error {
	if e.Range.Length < 0 || e.Range.Length > proofLen {
		e.Range = hls.ByteRange{Offset: max(0, e.Range.Offset), Length: proofLen}
	}
	o, err := f.fetchObject(ctx, up, e, 0)
	if err == nil {
		_ = o.Body.Close()
	}
	return err
}
