package app

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"

	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/guess"
	"gridwall/backend/proxy"
	"gridwall/backend/refresh"
	"gridwall/backend/source"
	"gridwall/backend/store"
	"gridwall/backend/stream"
	"gridwall/backend/token"
)

// This file joins parts that do not import each other. An adapter only translates.

// tokens adapts backend/token to the matcher of extraction.
type tokens struct{}

func (tokens) Identity(rawURL string) (host, path, query string, ok bool) {
	return token.Identity(rawURL)
}

func (tokens) Likeness(rawURL string) (host, path, query string, ok bool) {
	return token.Likeness(rawURL)
}

// feedRecords is the database bucket of the proxy.
type feedRecords struct{ db *store.Store }

func (r feedRecords) Load(id string) ([]byte, error) {
	return r.db.GetUpTo(store.Feeds, id, proxy.MaxOldRecord)
}
func (r feedRecords) Save(id string, record []byte) error { return r.db.Put(store.Feeds, id, record) }

// refreshRecords are the database buckets of the refresh manager.
type refreshRecords struct{ db *store.Store }

func (r refreshRecords) SaveActive(records map[string][]byte) error {
	return r.db.PutAll(store.Active, records)
}
func (r refreshRecords) DeleteActive(id string) error { return r.db.Delete(store.Active, id) }
func (r refreshRecords) EachActive(visit func(string, []byte) error) error {
	return r.db.Each(store.Active, visit)
}
func (r refreshRecords) SaveLifetimes(host string, record []byte) error {
	return r.db.Put(store.Lives, host, record)
}
func (r refreshRecords) EachLifetimes(visit func(string, []byte) error) error {
	return r.db.Each(store.Lives, visit)
}

// spareLeases keeps spares active.
type spareLeases struct{ *refresh.Manager }

func (l spareLeases) Keep(ctx context.Context, id, viewer string) error {
	_, err := l.Activate(ctx, id, viewer)
	return err
}

func (l spareLeases) Release(id, viewer string) {
	_ = l.Deactivate(id, viewer) // it may have ended
}

func (l spareLeases) Active(id string) bool {
	_, ok := l.Get(id)
	return ok
}

// calendarRecords is the database bucket of the schedule.
type calendarRecords struct{ db *store.Store }

func (r calendarRecords) Get(key string) ([]byte, error) { return r.db.Get(store.Calendar, key) }
func (r calendarRecords) Put(key string, record []byte) error {
	return r.db.Put(store.Calendar, key, record)
}

// documentKey is the key of the one document in each of the buckets Settings, Layouts and Offsets.
const documentKey = "all"

// documents holds what clients save: settings, calendars, rules, openings, pre-flights, layouts, walls and offsets.
type documents struct{ db *store.Store }

func (d documents) Settings() ([]byte, error) { return d.db.Get(store.Settings, documentKey) }
func (d documents) SaveSettings(doc []byte) error {
	return d.db.Put(store.Settings, documentKey, doc)
}
func (d documents) Layouts() ([]byte, error)     { return d.db.Get(store.Layouts, documentKey) }
func (d documents) SaveLayouts(doc []byte) error { return d.db.Put(store.Layouts, documentKey, doc) }

func (d documents) Walls() (map[string][]byte, error) {
	walls := map[string][]byte{}
	err := d.db.Each(store.Walls, func(name string, doc []byte) error {
		walls[name] = doc
		return nil
	})
	return walls, err
}
func (d documents) WallNames() ([]string, error)           { return d.db.Keys(store.Walls) }
func (d documents) SaveWall(name string, doc []byte) error { return d.db.Put(store.Walls, name, doc) }
func (d documents) DeleteWall(name string) error           { return d.db.Delete(store.Walls, name) }

func (d documents) Offsets() ([]byte, error)     { return d.db.Get(store.Offsets, documentKey) }
func (d documents) SaveOffsets(doc []byte) error { return d.db.Put(store.Offsets, documentKey, doc) }

// wallsMovedKey is a key in the bucket of layouts. It exists once the saved walls have been moved out of the layouts.
const wallsMovedKey = "walls_moved"

func (d documents) WallsMoved() (bool, error) {
	mark, err := d.db.Get(store.Layouts, wallsMovedKey)
	return len(mark) > 0, err
}

func (d documents) SetWallsMoved() error { return d.db.Put(store.Layouts, wallsMovedKey, []byte("1")) }

// calendarsKey is the key of the clients' calendars in the bucket of settings.
const calendarsKey = "calendars"

func (d documents) Calendars() ([]byte, error) { return d.db.Get(store.Settings, calendarsKey) }
func (d documents) SaveCalendars(doc []byte) error {
	return d.db.Put(store.Settings, calendarsKey, doc)
}

// Rules, openings and pre-flights are further documents in the bucket of settings.
func (d documents) Rules() ([]byte, error)        { return d.db.Get(store.Settings, "rules") }
func (d documents) SaveRules(doc []byte) error    { return d.db.Put(store.Settings, "rules", doc) }
func (d documents) Openings() ([]byte, error)     { return d.db.Get(store.Settings, "openings") }
func (d documents) SaveOpenings(doc []byte) error { return d.db.Put(store.Settings, "openings", doc) }
func (d documents) Preflights() ([]byte, error)   { return d.db.Get(store.Settings, "preflights") }
func (d documents) SavePreflights(doc []byte) error {
	return d.db.Put(store.Settings, "preflights", doc)
}

// The spares that users set, and which streams are fed by spares, are further documents in the bucket of settings.
func (d documents) Spares() ([]byte, error)      { return d.db.Get(store.Settings, "spares") }
func (d documents) SaveSpares(doc []byte) error  { return d.db.Put(store.Settings, "spares", doc) }
func (d documents) Splices() ([]byte, error)     { return d.db.Get(store.Settings, "splices") }
func (d documents) SaveSplices(doc []byte) error { return d.db.Put(store.Settings, "splices", doc) }

// sessionRecords holds the logins, a document in the bucket of settings.
type sessionRecords struct{ db *store.Store }

func (r sessionRecords) Load() ([]byte, error) { return r.db.Get(store.Settings, "sessions") }
func (r sessionRecords) Save(doc []byte) error { return r.db.Put(store.Settings, "sessions", doc) }

// phoneRecords holds the phones that are paired with the window, a document in the bucket of settings.
type phoneRecords struct{ db *store.Store }

func (r phoneRecords) Load() ([]byte, error) { return r.db.Get(store.Settings, "phones") }
func (r phoneRecords) Save(doc []byte) error { return r.db.Put(store.Settings, "phones", doc) }

// addressRecord holds the address that the window's playback listens on, a document in the bucket of settings.
type addressRecord struct{ db *store.Store }

func (r addressRecord) Load() ([]byte, error) { return r.db.Get(store.Settings, "playback") }
func (r addressRecord) Save(doc []byte) error { return r.db.Put(store.Settings, "playback", doc) }

// noticeRecords is the database bucket of the notifier.
type noticeRecords struct{ db *store.Store }

func (r noticeRecords) Load() ([]byte, error)    { return r.db.Get(store.Notices, documentKey) }
func (r noticeRecords) Save(record []byte) error { return r.db.Put(store.Notices, documentKey, record) }

// sourceRuns adapts the extraction service to the lineup, which does not need the results of a run.
type sourceRuns struct{ *extract.Service }

func (s sourceRuns) Run(ctx context.Context, key string) error {
	_, err := s.Extract(ctx, key)
	return err
}

// sourceFiles is the folder of source files, with a check for text that is not saved yet.
type sourceFiles struct {
	*source.Dir
	registry extract.Registry
}

// Check parses text as the file of the source with the key, without writing it.
func (f sourceFiles) Check(key string, text []byte) (source.Source, error) {
	path := filepath.Join(f.Path(), key+".toml")
	for _, e := range f.All() {
		if e.Source.Key == key && e.Source.File != "" && e.Source.File != f.Path() {
			path = e.Source.File
			break
		}
	}
	src, err := source.Parse(path, text, os.LookupEnv)
	if err != nil {
		return src, err
	}
	return src, f.registry.Check(src)
}

// guesser proposes a source file for an address.
type guesser struct {
	registry   extract.Registry
	dir        *source.Dir
	transports extract.Transports
}

// Guess examines the address and tries the file that it proposes. programs permits running yt-dlp, Streamlink and a browser.
func (g guesser) Guess(ctx context.Context, rawURL string, programs bool) (api.Guess, error) {
	taken := func(key string) bool {
		_, err := g.dir.Get(key)
		return !errors.Is(err, stream.ErrUnknownSource)
	}
	registry := g.registry
	if !programs {
		registry = maps.Clone(registry)
		delete(registry, "browser")
	}
	p, err := guess.Guesser{Registry: registry, Taken: taken, Programs: programs}.Guess(ctx, rawURL, g.transports)
	if err != nil {
		return api.Guess{}, err
	}
	titles := make([]string, 0, len(p.Found))
	for _, f := range p.Found {
		titles = append(titles, f.Title)
	}
	return api.Guess{Key: p.Source.Key, Kind: p.Source.Kind, Text: p.Text, Titles: titles, Count: len(titles)}, nil
}
