package screens

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"gridwall/backend/stream"
)

const (
	// Silence is how long a screen may be silent before it is forgotten.
	Silence = 15 * time.Second
	// answerWait is how long a screen may take to acknowledge a command; then the command fails with ErrNoAnswer.
	answerWait = 5 * time.Second
	// maxScreens bounds the screens; one more is refused with ErrTooMany.
	maxScreens = 50
	// maxWaiting bounds the commands that wait for one screen; one more is refused with ErrTooMany.
	maxWaiting = 8
	// rate is how many reports a second a screen may send, and burst how many at once; more are refused with ErrTooMany,
	// except those that acknowledge a command.
	rate  = 5.0
	burst = 20.0
	// told is the change of a tile's distance to the live edge, in seconds, from which remotes are told.
	told = 1.0
)

// Only is the id by which a command reaches the screen if there is only one.
const Only = "only"

var (
	// ErrUnknown is returned for a screen that does not exist.
	ErrUnknown = errors.New("unknown screen")
	// ErrTaken is returned to a page whose id another page has.
	ErrTaken = errors.New("screen id taken")
	// ErrStale is returned for a command that refers to an earlier state.
	ErrStale = errors.New("screen has changed")
	// ErrTooMany is returned if there are too many screens, reports or commands.
	ErrTooMany = errors.New("too many")
	// ErrNoAnswer is returned if a screen does not acknowledge a command in time, or is closed before.
	ErrNoAnswer = errors.New("no answer")
	// ErrRefused is returned if a screen could not carry out a command.
	ErrRefused = errors.New("refused")
)

// Screens is the registry of screens. It is safe for concurrent use.
type Screens struct {
	send    func(Order)
	changed func()

	mu  sync.Mutex
	all map[string]*entry
}

// entry is a screen with the commands that wait for it.
type entry struct {
	id     string
	page   string
	screen Screen
	// shown is a hash of everything but the positions in time, and behind has these, as remotes were told last.
	shown  string
	behind []float64
	silent *time.Timer
	seen   time.Time
	tokens float64 // of the rate limit
	filled time.Time
	gone   chan struct{} // closed when the screen is forgotten
	// turn holds one token while a command is being carried out: commands of several remotes are carried out one after the other.
	turn    chan struct{}
	waiting int
	orders  map[string]chan Acknowledgement
}

// New returns a registry without screens. send passes a command to its screen; changed is called after the list of screens or the
// state of one has changed. Neither may block; no lock is held when they are called.
func New(send func(Order), changed func()) *Screens {
	return &Screens{send: send, changed: changed, all: map[string]*entry{}}
}

// All returns the screens, sorted by name, then by id.
func (s *Screens) All() []Screen {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Screen, 0, len(s.all))
	for _, e := range s.all {
		out = append(out, e.screen)
	}
	slices.SortFunc(out, func(a, b Screen) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Put registers a screen, or updates its state, and passes on its acknowledgements.
func (s *Screens) Put(id string, r Report) (Screen, error) {
	state, err := r.checked()
	if err != nil {
		return Screen{}, err
	}
	if !validID.MatchString(id) || id == Only {
		return Screen{}, invalid("a screen's id must have 1 to 40 letters, digits, '_' and '-'")
	}
	s.mu.Lock()
	e, tell, err := s.put(id, r, state)
	if err != nil {
		s.mu.Unlock()
		return Screen{}, err
	}
	out := e.screen
	s.mu.Unlock()
	if tell {
		s.changed()
	}
	return out, nil
}

// put is Put; the caller holds s.mu. It reports whether remotes should be told.
func (s *Screens) put(id string, r Report, state State) (e *entry, tell bool, err error) {
	e = s.all[id]
	switch {
	case e == nil && len(s.all) >= maxScreens:
		return nil, false, stream.Errorf(ErrTooMany, "there are already %d screens; close one first", maxScreens)
	case e == nil:
		e = &entry{id: id, page: r.Page, tokens: burst, filled: time.Now(), gone: make(chan struct{}), turn: make(chan struct{}, 1), orders: map[string]chan Acknowledgement{}}
		added := e
		e.silent = time.AfterFunc(Silence, func() { s.expire(id, added) })
		s.all[id] = e
	case e.page != r.Page:
		return nil, false, stream.Errorf(ErrTaken, "the screen id %q is used by another page; choose another id", id)
	}
	// A report that acknowledges a command always counts: as many arrive as commands were sent.
	if answers := e.answers(r.Acknowledged); !e.allow(time.Now()) && !answers {
		return nil, false, stream.Errorf(ErrTooMany, "the screen reports too often; at most %.0f times a second", rate)
	}
	e.seen = time.Now()
	e.silent.Reset(Silence)
	shown := hash(state, false)
	e.screen = Screen{ID: id, Revision: hash(state, true), SeenAt: time.Now().UTC().Truncate(time.Millisecond), State: state}
	if tell = shown != e.shown || e.moved(); tell {
		e.shown, e.behind = shown, behind(state.Tiles)
	}
	for _, a := range r.Acknowledged {
		if answered, ok := e.orders[a.Command]; ok {
			delete(e.orders, a.Command)
			answered <- a
		}
	}
	return e, tell, nil
}

// answers reports whether an acknowledgement is for a command that waits for it.
func (e *entry) answers(all []Acknowledgement) bool {
	return slices.ContainsFunc(all, func(a Acknowledgement) bool { return e.orders[a.Command] != nil })
}

// allow counts a report, and reports whether the screen may send it.
func (e *entry) allow(now time.Time) bool {
	e.tokens = min(burst, e.tokens+rate*now.Sub(e.filled).Seconds())
	e.filled = now
	if e.tokens < 1 {
		return false
	}
	e.tokens--
	return true
}

func behind(tiles []ScreenTile) (out []float64) {
	for _, t := range tiles {
		if t.BehindLive == nil {
			out = append(out, -1)
		} else {
			out = append(out, *t.BehindLive)
		}
	}
	return out
}

// moved reports whether a tile is at another distance to the live edge than remotes were told.
func (e *entry) moved() bool {
	return !slices.EqualFunc(behind(e.screen.Tiles), e.behind, func(a, b float64) bool { return math.Abs(a-b) < told })
}

// hash returns a hash of a state without the positions of its tiles in time; if chosen is set, also without what playback does by
// itself, such as waiting for data.
func hash(s State, chosen bool) string {
	s.Tiles = slices.Clone(s.Tiles)
	for i := range s.Tiles {
		s.Tiles[i].BehindLive = nil
		if chosen && s.Tiles[i].State != "paused" {
			s.Tiles[i].State = ""
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return rand.Text()[:16] // cannot happen: checked lets no other values through
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Delete removes a screen because its page was closed. page must be the one in its reports. An unknown screen is not an error.
func (s *Screens) Delete(id, page string) error {
	s.mu.Lock()
	e := s.all[id]
	s.mu.Unlock()
	if e == nil {
		return nil
	}
	if e.page != page {
		return stream.Errorf(ErrTaken, "the screen id %q is used by another page", id)
	}
	s.forget(id, e)
	return nil
}

// expire forgets the screen, unless it has reported while the timer fired.
func (s *Screens) expire(id string, e *entry) {
	s.mu.Lock()
	alive := time.Since(e.seen) < Silence
	s.mu.Unlock()
	if !alive {
		s.forget(id, e)
	}
}

// forget removes the screen, unless another page has its id by now.
func (s *Screens) forget(id string, e *entry) {
	s.mu.Lock()
	if s.all[id] != e {
		s.mu.Unlock()
		return
	}
	delete(s.all, id)
	e.silent.Stop()
	close(e.gone)
	s.mu.Unlock()
	s.changed()
}

// Do passes a command to a screen, waits until the screen has acknowledged it, and returns the screen's state after it. The
// commands for one screen are carried out one after the other, so that of two commands that refer to one revision, the second is
// refused if the first has changed the state.
func (s *Screens) Do(ctx context.Context, id string, c Command) (Screen, error) {
	if err := c.check(); err != nil {
		return Screen{}, err
	}
	e, err := s.enter(id)
	if err != nil {
		return Screen{}, err
	}
	defer s.leave(e)
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-e.gone:
		return Screen{}, errClosed()
	case <-ctx.Done():
		return Screen{}, ctx.Err()
	}
	order := Order{Screen: e.id, ID: rand.Text(), Command: c.Command, Arguments: c.Arguments}
	answered, err := s.expect(e, c.Revision, order.ID)
	if err != nil {
		return Screen{}, err
	}
	defer s.giveUp(e, order.ID)
	s.send(order)
	late := time.NewTimer(answerWait)
	defer late.Stop()
	select {
	case a := <-answered:
		if a.Error != "" {
			return Screen{}, stream.Errorf(ErrRefused, "%s", clean(a.Error, maxTitle))
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return e.screen, nil
	case <-e.gone:
		return Screen{}, errClosed()
	case <-late.C:
		return Screen{}, stream.Errorf(ErrNoAnswer, "the screen does not answer")
	case <-ctx.Done():
		return Screen{}, ctx.Err()
	}
}

func errClosed() error {
	return stream.Errorf(ErrNoAnswer, "the screen does not answer: it was closed")
}

// enter counts a command that waits for the screen.
func (s *Screens) enter(id string) (*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.all[id]
	if e == nil && id == Only {
		switch len(s.all) {
		case 0:
			return nil, stream.Errorf(ErrUnknown, "no page or window shows a wall")
		case 1:
			for _, e = range s.all {
			}
		default:
			return nil, stream.Errorf(stream.ErrInvalid, "there are %d screens; GET /api/v1/screens lists them", len(s.all))
		}
	}
	switch {
	case e == nil:
		return nil, stream.Errorf(ErrUnknown, "no screen has the id %q; GET /api/v1/screens lists the screens", short(id, maxName))
	case e.waiting >= maxWaiting:
		return nil, stream.Errorf(ErrTooMany, "%d commands already wait for this screen; try again in a moment", maxWaiting)
	}
	e.waiting++
	return e, nil
}

func (s *Screens) leave(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.waiting--
}

// expect returns a channel for the acknowledgement of an order, or ErrStale if the screen has another revision by now.
func (s *Screens) expect(e *entry, revision, order string) (<-chan Acknowledgement, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if revision != "" && revision != e.screen.Revision {
		return nil, stream.Errorf(ErrStale, "the screen has changed since; read its state again")
	}
	answered := make(chan Acknowledgement, 1)
	e.orders[order] = answered
	return answered, nil
}

func (s *Screens) giveUp(e *entry, order string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(e.orders, order)
}

func invalid(format string, args ...any) error {
	return stream.Errorf(stream.ErrInvalid, format, args...)
}
