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
	// maxRenewalPause bounds the pause between renewals of a stream that is also refused with a fresh token: the stream is off
	// air, and its source must not run with every reload of a playlist.
	maxRenewalPause = 15 * time.Second
	// maxFaultPause bounds the pause if the token is not the cause: a host is unreachable, or a listed object is missing.
	maxFaultPause = 2 * time.Minute
	// forgetPause is how long after a pause there must be no failure before the next pause is the shortest again.
	forgetPause = 2 * maxFaultPause
	// maxPauses bounds the remembered pauses of a stream.
	maxPauses = 512
	// maxFetched bounds the subjects of a stream for which the last working token is remembered.
	maxFetched = 64
	// probeTimeout bounds the requests that find out whether a token is still valid.
	probeTimeout = 2 * time.Second
	// probeLen is how much of a segment such a request asks for, in bytes.
	probeLen = 1 << 10
)

// pause records how often renewals in a row did not help, and until when there is no further one.
type pause struct {
	failures int
	since    time.Time
	until    time.Time
	fresh    bool // a fresh token was obtained, and refused; otherwise none was obtained
}

// pause returns how long there is no renewal for a key; not positive if one is allowed.
func (f *Fetcher) pause(key string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[key]
	if !known {
		return time.Until(f.paused)
	}
	return time.Until(p.until)
}

// renewalFailed records that a renewal did not help. The pauses double, up to most. fresh is true if there was a fresh token.
func (f *Fetcher) renewalFailed(key string, most time.Duration, fresh bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[key]
	if known && time.Since(p.until) > forgetPause {
		p = pause{}
	}
	p.failures++
	f.pauseFor(key, pause{failures: p.failures, fresh: fresh}, min(time.Second<<min(p.failures, 10), most))
}

// pauseFor starts a pause of length d. If there are too many, it pauses all keys that have no pause of their own instead: a
// playlist can list any number of unreachable hosts. The caller holds f.mu.
func (f *Fetcher) pauseFor(key string, p pause, d time.Duration) {
	if _, known := f.pauses[key]; !known && len(f.pauses) >= maxPauses {
		now := time.Now()
		maps.DeleteFunc(f.pauses, func(_ string, p pause) bool { return !p.until.After(now) })
		if len(f.pauses) >= maxPauses {
			f.paused = now.Add(maxRenewalPause)
			return
		}
	}
	p.since = time.Now()
	p.until = p.since.Add(d)
	f.pauses[key] = p
}

// clearPause ends the pause of a key, because a request succeeded.
func (f *Fetcher) clearPause(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pauses, key)
}

// noteFetched records that an object of a rendition was fetched under a generation of the token. Objects of advertisements
// are ignored: their state is never needed, and there are so many that they would evict the state of the renditions.
func (f *Fetcher) noteFetched(subject Subject, generation uint64) {
	if subject.Asset {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.fetched[subject.Name]; f.fetched == nil || !known && len(f.fetched) >= maxFetched {
		f.fetched = map[string]uint64{}
	}
	f.fetched[subject.Name] = max(f.fetched[subject.Name], generation)
}

// outdated reports whether a newer token than up's is already available, without a run of the source.
func (f *Fetcher) outdated(up stream.Upstream) bool {
	now, err := f.Streams.Current(f.ID)
	return err == nil && now.Generation > up.Generation
}

// mayRenew reports whether a renewal is allowed: key has no pause, or there is already a newer token, or the token worked
// during the pause and is now refused for the same subject.
func (f *Fetcher) mayRenew(ctx context.Context, key string, subject Subject, up stream.Upstream) bool {
	if f.pause(key) <= 0 || f.outdated(up) {
		return true
	}
	f.mu.Lock()
	p, fetched := f.pauses[key], f.fetched[subject.Name]
	f.mu.Unlock()
	if fetched != up.Generation {
		// Nothing shows that the token ever worked for this subject.
		return key != subject.Name && !p.since.IsZero() && time.Since(p.since) > maxRenewalPause
	}
	return p.fresh && f.tokenState(ctx, subject, up, 0) == tokenEnded
}

// tokenState is the state of a token with which media of a rendition were fetched before.
type tokenState int

const (
	tokenUnknown tokenState = iota
	tokenGood
	tokenEnded
)

// tokenState finds out whether up's token is still valid for media of a rendition: it requests other segments, at least
// behind segments older than the newest one.
func (f *Fetcher) tokenState(ctx context.Context, subject Subject, up stream.Upstream, behind int64) tokenState {
	f.mu.Lock()
	fetched := f.fetched[subject.Name]
	f.mu.Unlock()
	if subject.Media == nil || fetched != up.Generation {
		return tokenUnknown
	}
	key := fmt.Sprintf("ended/%s/%d/%d", subject.Name, up.Generation, behind)
	v, err := f.Once(ctx, key, func(ctx context.Context) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		err := error(nil)
		for _, e := range subject.established(up.Generation, behind) {
			if err = f.probe(ctx, up, e); err == nil {
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

// probe requests the beginning of an object.
func (f *Fetcher) probe(ctx context.Context, up stream.Upstream, e Object) error {
	if e.Range.Length < 0 || e.Range.Length > probeLen {
		e.Range = hls.ByteRange{Offset: max(0, e.Range.Offset), Length: probeLen}
	}
	o, err := f.fetchObject(ctx, up, e, 0)
	if err == nil {
		_ = o.Body.Close()
	}
	return err
}
