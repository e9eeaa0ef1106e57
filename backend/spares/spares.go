package spares

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridwall/backend/playback"
	"gridwall/backend/stream"
)

var (
	// ErrIncompatible is returned for a spare that cannot continue the same playlists.
	ErrIncompatible = errors.New("incompatible spare")
	// ErrNotActive is returned for a switch of a stream that is not active.
	ErrNotActive = errors.New("stream is not active")
	// ErrUnavailable is returned for a spare that cannot be read, or if there is none.
	ErrUnavailable = errors.New("no spare is available")
)

// NoticeKind is the kind of the notices about switches.
const NoticeKind = "spare"

// known has the streams that extractions found; backend/extract.Service is one.
type known interface {
	Stream(id string) (stream.Stream, bool)
	// Streams returns those of the newest listings, live ones first, then the fastest.
	Streams() []stream.Stream
}

// leases keeps streams active; backend/refresh.Manager does.
type leases interface {
	// Keep takes or renews the viewer's lease on a stream.
	Keep(ctx context.Context, id, viewer string) error
	Release(id, viewer string)
	// Active reports whether the stream has a lease.
	Active(id string) bool
}

// documents stores what survives a restart; nil if nothing was saved.
type documents interface {
	Spares() ([]byte, error)
	SaveSpares(doc []byte) error
	Splices() ([]byte, error)
	SaveSplices(doc []byte) error
}

// Options configures a Service. All fields are required.
type Options struct {
	Engine    *playback.Engine
	Streams   known
	Leases    leases
	Documents documents
	// Rule reports whether a rule makes streams of other sources spares of a stream, and how long the stream must be well again
	// before it takes over from one (0: only by hand).
	Rule func(st stream.Stream) (back time.Duration, ok bool)
	// OnChange is called after a change of what Feed returns.
	OnChange func()
	// Notice tells users of a switch of the stream with this id.
	Notice func(kind, message, id string)
	Log    *slog.Logger
}

// Service knows the spares of streams, and which stream feeds each. It is safe for concurrent use.
type Service struct {
	o Options

	mu       sync.Mutex // innermost
	choices  map[string]choice
	channels map[string]*Channel
	byRule   map[string]ruled // by stream id
	epoch    int              // grows with each change of the streams

	saving sync.Mutex // one write at a time; taken before mu and before a Channel's
}

// New returns a Service with the choices and switches of an earlier process. Those that cannot be read are dropped with a warning.
func New(o Options) *Service {
	s := &Service{o: o, choices: map[string]choice{}, channels: map[string]*Channel{}, byRule: map[string]ruled{}}
	s.loadChoices()
	s.loadRecords()
	return s
}

// StreamsChanged is called after a change of the streams. The spares by rule are found again within listAge: sources change often, and
// lists have 50,000 titles.
func (s *Service) StreamsChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
}

// RulesChanged is called after a change of the rules or the calendar.
func (s *Service) RulesChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.byRule)
}

// Channel returns the playback of a stream that has spares, or is fed by one; nil for any other. create is false for requests that
// need not know of spares yet.
func (s *Service) Channel(id string, create bool) *Channel {
	s.mu.Lock()
	c := s.channels[id]
	s.mu.Unlock()
	if c != nil || !create {
		return c
	}
	if ids, _ := s.spares(id); len(ids) == 0 {
		return nil
	}
	return s.channel(id)
}

// channel returns the playback of a stream, and creates it if necessary.
func (s *Service) channel(id string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		c = newChannel(s, id)
		s.channels[id] = c
	}
	return c
}

// List returns the spares of a stream.
func (s *Service) List(id string) (List, error) {
	if _, ok := s.o.Streams.Stream(id); !ok {
		return List{}, stream.ErrUnknownStream
	}
	s.mu.Lock()
	delete(s.byRule, id)
	s.mu.Unlock()
	ids, back := s.spares(id)
	s.mu.Lock()
	_, byHand := s.choices[id]
	s.mu.Unlock()
	return List{Spares: s.describe(id, ids), ByHand: byHand, BackAfter: int(back / time.Second)}, nil
}

// describe returns the spares with these ids and their states. A stream that is no longer known is left out.
func (s *Service) describe(id string, ids []string) []Spare {
	c := s.Channel(id, false)
	out := make([]Spare, 0, len(ids))
	for _, spare := range ids {
		st, ok := s.o.Streams.Stream(spare)
		if !ok {
			continue
		}
		one := Spare{StreamID: spare, Title: st.Title, Quality: st.Quality, SiteKey: st.SiteKey, SiteName: st.SiteName, State: StateUnknown}
		if c != nil {
			one.State, one.Message = c.state(spare)
		}
		out = append(out, one)
	}
	return out
}

// Feed returns the stream that feeds the one with this id; nil if it has no spares and never switched.
func (s *Service) Feed(id string) *Feed {
	ids, _ := s.spares(id)
	c := s.Channel(id, false)
	if len(ids) == 0 && (c == nil || !c.switchedEver()) {
		return nil
	}
	f := &Feed{StreamID: id, Spares: s.describe(id, ids)}
	if c != nil {
		c.show(f)
	}
	f.SiteName = s.siteName(f.StreamID)
	return f
}

// siteName returns the name of a stream's source.
func (s *Service) siteName(id string) string {
	st, _ := s.o.Streams.Stream(id)
	if st.SiteName != "" {
		return st.SiteName
	}
	return st.SiteKey
}

// Switch makes another stream feed the active stream with this id.
func (s *Service) Switch(ctx context.Context, id string, sw Switch) error {
	if _, ok := s.o.Streams.Stream(id); !ok {
		return stream.ErrUnknownStream
	}
	if !s.o.Leases.Active(id) {
		return stream.Errorf(ErrNotActive, "stream %q is not active; GET /api/v1/active lists those that are", id)
	}
	return s.channel(id).switchByRequest(ctx, sw)
}
