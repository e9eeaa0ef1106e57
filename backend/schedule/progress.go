package schedule

import (
	"context"
	"sync"
	"time"

	"gridwall/backend/season"
)

const (
	// progressWithin is how long after its last new segment a stream counts as running. Segments of any length are shorter.
	progressWithin = time.Minute
	// maxChecked limits the streams of a session that are checked, the best first.
	maxChecked = 4
	// forgetStreams is how long a stream is remembered after its last check.
	forgetStreams = time.Hour
)

// Candidate is a stream that may show a session.
type Candidate struct {
	ID string
	// Active reports whether the stream is watched, Live whether its last check found it live.
	Active, Live bool
}

// Progress is how far a stream has come. Two values that differ prove that it is running.
type Progress struct {
	// MSN is the media sequence number of the newest segment, Parts the number of partial segments after it.
	MSN   int64
	Parts int
	// End reports whether the playlist has ended.
	End bool
}

// Detector detects whether a session is still on: whether any of its streams gets new segments.
type Detector struct {
	// Streams returns the streams of a session, the best first.
	Streams func(event, session string) ([]Candidate, error)
	// Progress asks how far a stream has come.
	Progress func(ctx context.Context, id string) (Progress, error)
	// Now is the clock; nil is the machine's.
	Now func() time.Time

	mu   sync.Mutex
	seen map[string]observed
}

// observed is the known state of one stream. advanced is when it was last seen to have come further; zero if never.
type observed struct {
	at                Progress
	advanced, checked time.Time
}

func (d *Detector) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

// StillOn reports whether one of the session's streams that are active, or were found live, has advanced since its previous
// check.
func (d *Detector) StillOn(ctx context.Context, e season.Event, s season.Session) bool {
	found, err := d.Streams(e.ID, s.Name)
	if err != nil {
		return false
	}
	ids := make([]string, 0, maxChecked)
	for _, active := range []bool{true, false} {
		for _, c := range found {
			if c.Active == active && (active || c.Live) && len(ids) < maxChecked {
				ids = append(ids, c.ID)
			}
		}
	}
	var checks sync.WaitGroup
	for _, id := range ids {
		checks.Go(func() { d.check(ctx, id) })
	}
	checks.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, id := range ids {
		if o, ok := d.seen[id]; ok && !o.at.End && !o.advanced.IsZero() && now.Sub(o.advanced) < progressWithin {
			return true
		}
	}
	return false
}

// check asks how far a stream has come, and compares that with the previous check.
func (d *Detector) check(ctx context.Context, id string) {
	at, err := d.Progress(ctx, id)
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	o, known := d.seen[id]
	if known && at != o.at {
		o.advanced = now
	}
	o.at, o.checked = at, now
	if d.seen == nil {
		d.seen = map[string]observed{}
	}
	d.seen[id] = o
	for other, o := range d.seen {
		if now.Sub(o.checked) > forgetStreams {
			delete(d.seen, other)
		}
	}
}
