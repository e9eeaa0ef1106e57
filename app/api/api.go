package api

import (
	"context"
	"log/slog"
	"time"

	"gridwall/app/api/wall"
	"gridwall/backend/access"
	"gridwall/backend/changes"
	"gridwall/backend/extract"
	"gridwall/backend/offsets"
	"gridwall/backend/proxy"
	"gridwall/backend/refresh"
	"gridwall/backend/runs"
	"gridwall/backend/schedule"
	"gridwall/backend/screens"
	"gridwall/backend/settings"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/walls"
)

// extraction runs sources and holds the streams that they listed; implemented by backend/extract.Service.
type extraction interface {
	Extract(ctx context.Context, key string) (runs.Result, error)
	ExtractAll(ctx context.Context) []runs.Result
	CheckSource(ctx context.Context, key string)
	Try(ctx context.Context, src source.Source) extract.Trial
	Streams() []stream.Stream
	Stream(id string) (stream.Stream, bool)
	ByURL(rawURL string) (stream.Stream, bool)
	Status(key string) extract.SourceStatus
}

// renewal keeps active streams fresh; implemented by backend/refresh.Manager.
type renewal interface {
	Activate(ctx context.Context, id, viewer string) (refresh.Active, error)
	Deactivate(id, viewer string) error
	RenewAll(ctx context.Context) []refresh.Active
	Active() []refresh.Active
	Resolve(rawURL string) string
}

// calendar holds the events and their sessions; implemented by backend/schedule.Service.
type calendar interface {
	Calendar(now time.Time) schedule.Calendar
	States(now time.Time) []schedule.State
	Refresh(ctx context.Context)
}

// sources holds the source files; backend/source.Dir implements all but Check.
type sources interface {
	All() []source.Entry
	Get(key string) (source.Source, error)
	Check(key string, text []byte) (source.Source, error)
	// WriteWithList writes the source's file and, if list is not nil, the M3U list KEY.m3u beside it: both or neither.
	WriteWithList(key string, text, list []byte) (source.Source, error)
	Delete(key string) error
	// Text returns the content of the source's file, or source.ErrBuiltin if it has no file.
	Text(key string) ([]byte, error)
	// Enable changes only the line of the file that enables the source.
	Enable(key string, enabled bool) error
}

// guesser proposes a source for a URL.
type guesser interface {
	Guess(ctx context.Context, rawURL string, programs bool) (Guess, error)
}

// playback serves the streams; implemented by backend/proxy.Proxy.
type playback interface {
	Variants(ctx context.Context, id string) ([]proxy.Variant, error)
}

// Options are the parts of the facade. Program, Now and Playback.Prefix are optional.
type Options struct {
	Events    *Events
	Sources   SourceParts
	Playback  PlaybackParts
	Calendars CalendarParts
	Lineup    lineups
	Settings  *settings.Settings
	Walls     *walls.Walls
	Offsets   *offsets.Offsets
	Remote    wall.Remote // nil on a server
	Program   Program
	Now       func() time.Time
	Log       *slog.Logger
}

// SourceParts are the source files and what runs them.
type SourceParts struct {
	Files      sources
	Extraction extraction
	Guesser    guesser
}

// PlaybackParts keep active streams playing.
type PlaybackParts struct {
	Renewal renewal
	Player  playback
	Spares  spared
	// Prefix precedes "/hls/…" in a playback URL: "" on the server, the proxy's own address in the window.
	Prefix string
}

// CalendarParts are the calendars and their configuration.
type CalendarParts struct {
	Sessions   calendar
	Configured *settings.Calendars
	// Kinds reads a configured calendar. Apply applies a changed configuration.
	Kinds calendarKinds
	Apply func()
	// Overrides is the path of the file that corrects the calendars.
	Overrides string
}

// Program describes this program for About. Shell is ShellWindow or ShellServer; "" means ShellServer.
type Program struct {
	Shell   string
	Version string
	Paths   Paths
}

// Caller is the client of a request. WithCaller adds it to a context.
type Caller = access.Caller

// InPerson is the caller for the user in front of the window.
var InPerson = access.InPerson

// WithCaller returns a context that contains the caller. In a context without one, the caller is remote and may not run commands.
func WithCaller(ctx context.Context, c Caller) context.Context { return access.WithCaller(ctx, c) }

// API is the facade. It is safe for concurrent use.
type API struct {
	*wall.Facade

	access  access.Policy
	o       Options
	changes changes.Log
}

// New builds the facade.
func New(o Options) *API {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Program.Shell == "" {
		o.Program.Shell = ShellServer
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Events == nil {
		o.Events = NewEvents()
	}
	return &API{
		Facade: wall.New(wall.Options{
			Walls: o.Walls, Offsets: o.Offsets, Remote: o.Remote, Streams: o.Sources.Extraction,
			Screens: screens.New(o.Events.order, func() { o.Events.Publish(EventScreens) }),
		}),
		o: o, access: access.Policy{Config: o.Program.Paths.Config, SourceFiles: o.Program.Paths.Sources, Sources: o.Sources.Files},
	}
}

// Publish notifies all subscribers of a change. It never blocks.
func (a *API) Publish(t EventType) { a.o.Events.Publish(t) }

// Notify sends a message for the person in front of the screen. It never blocks.
func (a *API) Notify(kind, message, streamID string) { a.o.Events.Notify(kind, message, streamID) }

// Offer asks all open pages to show a session's feeds: a page opens them, or only offers to if something is playing in it. It
// never blocks.
func (a *API) Offer(event, session, message string) { a.o.Events.Offer(event, session, message) }

// Subscribe returns a queue of the events from now on. The caller closes it.
func (a *API) Subscribe() *Subscription { return a.o.Events.Subscribe() }

// Close ends all subscriptions. It may be called more than once.
func (a *API) Close() { a.o.Events.Close() }
