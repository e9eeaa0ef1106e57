package spares

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/splice"
)

const (
	// usedFor is how long after a player's last request a rendition counts as used: it is continued at once after a switch.
	usedFor = 20 * time.Second
	// watchedFor is how long after the last request of a player the stream and its spare are watched.
	watchedFor = 30 * time.Second
	// forgetAfter is how long a stream must not have been played for its numbers to start over; an automatic switch is then undone.
	forgetAfter = time.Hour
)

// Channel is one stream that has spares. Its playlists are those of the stream until it first switches; from then on they are
// composed. It is safe for concurrent use.
type Channel struct {
	s  *Service
	id string

	mu     sync.Mutex // taken before the Service's, and before those of streams
	feeder string     // the stream that it plays from; id: from its own source
	since  time.Time  // of the last switch; zero: none
	count  int        // of the switches since its numbers began
	why    string
	byHand bool
	// held is true if a page asked because of the picture: playlists do not show when that is well again.
	held     bool
	lines    map[string]*splice.Line // by the served name of the rendition; nil until it first switches
	main     bool                    // its own URL is a media playlist
	used     map[string]time.Time    // when players last requested the playlist of a rendition
	asked    time.Time               // when a player last requested anything
	backAt   time.Time               // of the last automatic return to its own source
	switched chan struct{}           // closed and replaced at each switch
	watching bool
	// replacing is true while another stream is read because the feeder failed.
	replacing bool
	wake      chan struct{} // ends the monitor's pause
	health    map[string]*health
	misses    map[int64]bool // segments that its feeder could not serve, since the last that it could
}

func newChannel(s *Service, id string) *Channel {
	return &Channel{s: s, id: id, feeder: id, used: map[string]time.Time{}, switched: make(chan struct{}), wake: make(chan struct{}, 1),
		health: map[string]*health{}, misses: map[int64]bool{}}
}

// Composed reports whether its playlists are composed.
func (c *Channel) Composed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines != nil
}

func (c *Channel) switchedEver() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.since.IsZero()
}

// show fills in the stream that feeds it.
func (c *Channel) show(f *Feed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.StreamID, f.Why, f.ByHand = c.feeder, c.why, c.byHand
	if !c.since.IsZero() {
		t := c.since.UTC().Truncate(time.Millisecond)
		f.Since = &t
	}
}

// Attend records that a player requests something of the stream: the playlist of a rendition, or "" for anything else. The stream
// and its spare are watched from then on.
func (c *Channel) Attend(rendition string) {
	now := time.Now()
	if rendition != "" && !c.knows(rendition) { // it would never advance
		rendition = ""
	}
	c.mu.Lock()
	c.rest(now)
	c.asked = now
	if rendition != "" {
		c.used[rendition] = now
	}
	start := !c.watching
	c.watching = true
	c.mu.Unlock()
	if start && !c.s.o.Engine.Tasks.Run(c.watch) {
		c.mu.Lock()
		c.watching = false
		c.mu.Unlock()
	}
}

// knows reports whether the stream, or the one that feeds it, has the rendition.
func (c *Channel) knows(rendition string) bool {
	for _, id := range [...]string{c.id, c.Feeder()} {
		st, err := c.stream(id)
		if err != nil {
			continue
		}
		if rendition == playback.MainRendition {
			if root := st.Root(); root != nil && root.Multi == nil || root == nil && len(st.Descriptions()) == 0 {
				return true
			}
		} else if _, ok := st.Descriptions()[rendition]; ok {
			return true
		}
	}
	return false
}

// rest starts the numbers over after a long time without a player: players that come now know none of them. c.mu is held.
func (c *Channel) rest(now time.Time) {
	if c.asked.IsZero() || now.Sub(c.asked) < forgetAfter || c.lines == nil {
		return
	}
	clear(c.used)
	if !c.byHand {
		c.feeder, c.why, c.since = c.id, "", time.Time{}
	}
	c.lines, c.count = nil, 0
	if c.feeder != c.id {
		c.lines = map[string]*splice.Line{}
	}
	clear(c.health)
}

// usedNow returns the renditions that players use, c.mu held.
func (c *Channel) usedNow(now time.Time) []string {
	for name, at := range c.used {
		if now.Sub(at) > usedFor {
			delete(c.used, name)
		}
	}
	return slices.Sorted(maps.Keys(c.used))
}

// UntilSwitch returns a context that ends when the stream is fed by another one: a request that waits for the old one need not wait
// any longer.
func (c *Channel) UntilSwitch(ctx context.Context) (context.Context, context.CancelFunc) {
	c.mu.Lock()
	switched := c.switched
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-switched:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// stream returns the playback of a stream.
func (c *Channel) stream(id string) (*playback.Stream, error) { return c.s.o.Engine.Stream(id) }

// load reads the playlist of a stream's rendition that continues the served one, and recovers from refusals.
func (c *Channel) load(ctx context.Context, id, served string, newer time.Time) (p playlist, err error) {
	if p.Stream, p.Rendition, err = c.find(ctx, id, served); err != nil {
		return p, err
	}
	if id != c.id {
		p.Rendition.SetWarmed()
	}
	want := playback.Want{Timeout: fetch.PlaylistTimeout, Playlist: newer}
	if s := p.Rendition.Current(); s != nil && newer.IsZero() {
		want.Playlist = time.Now().Add(-p.Age(s))
	}
	p.Snapshot, err = p.RecoverPlaylist(ctx, p.Rendition, want)
	return p, err
}

// find returns the rendition of a stream that continues the served one.
func (c *Channel) find(ctx context.Context, id, served string) (st *playback.Stream, r *playback.Rendition, err error) {
	if st, err = c.stream(id); err != nil {
		return nil, nil, err
	}
	name := served
	if id != c.id {
		if name, err = c.match(ctx, st, served); err != nil {
			return nil, nil, err
		}
	}
	r, err = st.FindRendition(ctx, name)
	return st, r, err
}
