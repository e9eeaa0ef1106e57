package app

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"gridwall/app/api"
	"gridwall/app/notify"
	"gridwall/app/server"
	"gridwall/app/server/listen"
	"gridwall/backend/config"
	"gridwall/backend/extract"
	"gridwall/backend/lineup"
	"gridwall/backend/offsets"
	"gridwall/backend/proxy"
	"gridwall/backend/refresh"
	"gridwall/backend/schedule"
	"gridwall/backend/settings"
	"gridwall/backend/spares"
	"gridwall/backend/store"
	"gridwall/backend/tcpconn"
	"gridwall/backend/walls"
	"gridwall/frontend"
)

// Options describe the program.
type Options struct {
	Config config.Config
	Paths  config.Paths
	// Demo adds the demo's source and its calendar. It writes no source file. The demo's streams are stored in the data folder
	// next to the user's own, which stay.
	Demo    bool
	Version string
	// Window is for a program with a window: playback gets its own listener, whose address is kept across restarts.
	Window bool
	// Notices shows notices on this machine. If it is nil, only pages show them.
	Notices notify.Sender
	// Open shows the window with the feeds of a session in the grid. If it is nil, open pages open them.
	Open func(event, session string)
	Log  *slog.Logger
}

// App is the whole program except its shell.
type App struct {
	*Base
	store      *store.Store
	calendar   *schedule.Service
	calendars  *settings.Calendars
	extracts   *extract.Service
	renewals   *refresh.Manager
	proxy      *proxy.Proxy
	lineup     *lineup.Lineup
	spares     *spares.Service
	events     *api.Events
	api        *api.API
	settings   *settings.Settings
	notices    *notify.Notifier
	remote     *remote      // nil on the server
	playback   net.Listener // the window's; nil on the server
	background context.Context
	end        context.CancelFunc
	loops      sync.WaitGroup
	closing    sync.Once
	following  sync.Mutex
	broken     brokenSources
}

// New builds all parts and joins them. Nothing runs yet.
func New(o Options) (*App, error) {
	b, err := NewBase(o)
	if err != nil {
		return nil, err
	}
	a := &App{Base: b, events: api.NewEvents()}
	a.background, a.end = context.WithCancel(context.Background())
	if err := a.build(); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build() (err error) {
	o := a.o
	if a.store, err = store.Open(o.Paths.Database()); err != nil {
		return err
	}
	docs := documents{a.store}
	if a.settings, err = settings.Load(o.Config, docs, o.Log); err != nil {
		return err
	}
	if a.calendars, err = settings.LoadCalendars(o.Config, docs, o.Demo, o.Log); err != nil {
		return err
	}
	a.calendar = a.schedule(a.store, a.calendars.List(), a.calendars.Chosen(), a.detector().StillOn)
	prefix, shell := "", api.ShellServer
	if o.Window {
		listener, err := listen.Playback(addressRecord{a.store}, o.Config.Proxy.Listen, o.Log)
		if err != nil {
			return err
		}
		a.playback = tcpconn.Listener(listener)
		prefix, shell = listen.LocalURL(a.playback), api.ShellWindow
	}
	inForce := a.settings.Config()
	a.extracts, err = a.Extraction(extract.Options{
		Store: a.store, Timeout: inForce.Extract.Timeout, Interval: inForce.Extract.Interval, LiveInterval: inForce.Extract.LiveInterval,
		SessionLive: a.calendar.Live, Watched: a.watched, Playing: a.playing,
	})
	if err != nil {
		return err
	}
	a.renewals, err = refresh.New(refresh.Options{
		Runs: a.extracts.Runs(), Streams: a.extracts, Store: refreshRecords{a.store}, Interval: inForce.Refresh.Interval, Log: o.Log, Removed: a.removed,
		OnChange: a.publishing(api.EventActive),
		Notice:   a.events.Notify,
	})
	if err != nil {
		return err
	}
	a.proxy = proxy.New(proxy.Options{
		Streams: a.renewals, Transports: a.pool, Memory: feedRecords{a.store}, CacheBytes: inForce.Proxy.Cache,
		RewindDir: o.Paths.Rewind(), Rewind: rewind(inForce), Log: o.Log,
	})
	a.lineup, err = lineup.New(lineup.Options{
		Calendar: a.calendar, Streams: sourceRuns{a.extracts}, Sources: a.dir, Settings: a.settings, Documents: docs,
		FixedRules: o.Config.Rules, OnChange: a.scheduleChanged, Log: o.Log,
	})
	if err != nil {
		return err
	}
	a.spares = spares.New(spares.Options{
		Engine: a.proxy.Engine(), Streams: a.extracts, Leases: spareLeases{a.renewals}, Documents: docs, Rule: a.lineup.Spare,
		OnChange: a.publishing(api.EventActive), Notice: a.events.Notify, Log: o.Log,
	})
	a.proxy.SetSpares(a.spares)
	parts := api.Options{
		Events: a.events,
		Sources: api.SourceParts{
			Files: sourceFiles{a.dir, a.registry}, Extraction: trials{a.extracts, &a.trying}, Guesser: namedGuesser{guesser{a.registry, a.dir, a.pool}, &a.trying},
		},
		Playback:  api.PlaybackParts{Renewal: a.renewals, Player: a.proxy, Spares: a.spares, Prefix: prefix},
		Calendars: api.CalendarParts{Sessions: a.calendar, Configured: a.calendars, Kinds: a.Base, Apply: a.followCalendars, Overrides: a.overridesFile()},
		Lineup:    a.lineup,
		Settings:  a.settings,
		Walls:     walls.New(docs, a.publishing(api.EventWalls)),
		Offsets:   offsets.New(docs, a.publishing(api.EventOffsets)),
		Program:   api.Program{Shell: shell, Version: o.Version, Paths: aboutPaths(o)},
		Log:       o.Log,
	}
	if o.Window {
		a.remote = a.newRemote()
		parts.Remote = a.remote
	}
	a.api = api.New(parts)
	a.settings.OnChange(a.apply)
	a.settings.OnChange(a.publishing(api.EventSettings))
	a.notices = a.notifier()
	a.extracts.OnChange(a.streamsChanged)
	a.calendar.OnChange(a.scheduleChanged)
	a.dir.OnChange(a.sourcesChanged)
	return nil
}

// watched reports whether a viewer keeps a stream active.
func (a *App) watched(id string) bool {
	_, active := a.renewals.Get(id)
	return active
}

// playing reports whether a player fetches media of a stream now.
func (a *App) playing(id string) bool { return a.proxy.Playing(id) }

// publishing returns a function that publishes events.
func (a *App) publishing(events ...api.EventType) func() {
	return func() {
		for _, e := range events {
			a.events.Publish(e)
		}
	}
}

// streamsChanged is called after the listed streams have changed.
func (a *App) streamsChanged() {
	a.spares.StreamsChanged()
	a.publishing(api.EventStreams, api.EventSources)()
}

// scheduleChanged is called after a change that may affect the feeds of sessions.
func (a *App) scheduleChanged() {
	if a.spares != nil { // not while it is built
		a.spares.RulesChanged()
	}
	a.publishing(api.EventSchedule)()
}

// sourcesChanged is called after source files have changed.
func (a *App) sourcesChanged([]string) {
	a.broken.report(a)
	a.followCalendars()
	a.events.Publish(api.EventSources)
}

// followCalendars applies the current list of calendars. Calls are serialised, so that the newest list is applied last.
func (a *App) followCalendars() {
	a.following.Lock()
	defer a.following.Unlock()
	a.calendar.SetProviders(a.providers(a.calendars.List(), a.calendars.Chosen()))
}

// apply applies changed settings.
func (a *App) apply() {
	c := a.settings.Config()
	a.renewals.SetInterval(c.Refresh.Interval)
	a.extracts.SetPace(extract.Pace{Interval: c.Extract.Interval, LiveInterval: c.Extract.LiveInterval, Timeout: c.Extract.Timeout})
	a.proxy.SetCacheBytes(c.Proxy.Cache)
	a.proxy.SetRewind(rewind(c))
	limitMemory(c.Proxy.Cache)
	if a.remote != nil {
		a.remote.apply()
	}
}

func rewind(c config.Config) proxy.Rewind {
	return proxy.Rewind{Length: c.Proxy.Rewind, Bytes: c.Proxy.RewindSize}
}

// Start starts the background work: watching files, extracting, renewing, fetching calendars. Close ends it.
func (a *App) Start() {
	limitMemory(a.settings.Config().Proxy.Cache)
	a.broken.report(a)
	a.reportMisnamed()
	if a.remote != nil {
		a.remote.start(a.background)
	}
	files := schedule.NewPoller(a.calendar, a.o.Paths.Config, a.calendarFiles)
	for _, loop := range []func(context.Context){files.Run, a.dir.ReloadOnChange, a.calendar.Run, a.extracts.Run, a.renewals.Run, a.notices.Run} {
		a.loops.Go(func() { loop(a.background) })
	}
}

// Serve serves HTTP on listener until ctx is done. It calls ready with its address when it is ready for requests.
func (a *App) Serve(ctx context.Context, listener net.Listener, ready func(url string)) error {
	ui, built := frontend.Dist()
	if !built {
		ui = nil
	}
	s, err := server.New(server.Options{
		API: a.api, UI: ui, Playback: a.proxy, Version: a.o.Version, Token: a.o.Config.Server.Token,
		PlayToken: a.o.Config.Server.PlayToken, Sessions: sessionRecords{a.store},
		TrustedHosts: a.o.Config.Server.TrustedHosts, AllowCommands: a.o.Config.Server.AllowCommands, Log: a.o.Log,
	}, tcpconn.Listener(listener))
	if err != nil {
		return err
	}
	a.Start()
	ready(s.URL())
	return s.Run(ctx)
}

// Close stops all parts, in the reverse order of construction. It may be called more than once.
func (a *App) Close() { a.closing.Do(a.close) }

func (a *App) close() {
	a.end()
	a.events.Close()
	if a.proxy != nil {
		if err := a.proxy.Close(); err != nil {
			a.o.Log.Error("cannot save stream state; it will be lost on restart", "error", err)
		}
	}
	a.loops.Wait()
	if a.playback != nil {
		_ = a.playback.Close() // a server that was started has closed it already
	}
	if a.renewals != nil {
		a.renewals.Close()
	}
	if a.extracts != nil {
		a.extracts.Close()
	}
	a.Base.Close()
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.o.Log.Error("cannot close the database cleanly", "error", err)
		}
	}
}
