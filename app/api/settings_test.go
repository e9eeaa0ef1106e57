package api

import (
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/config"
	"gridwall/backend/store"
)

// kept is a real database, as app hands it over.
type kept struct{ db *store.Store }

func (k kept) Settings() ([]byte, error)     { return k.db.Get(store.Settings, "all") }
func (k kept) SaveSettings(doc []byte) error { return k.db.Put(store.Settings, "all", doc) }
func (k kept) Layouts() ([]byte, error)      { return k.db.Get(store.Layouts, "all") }
func (k kept) Calendars() ([]byte, error)    { return k.db.Get(store.Settings, "calendars") }
func (k kept) SaveCalendars(doc []byte) error {
	return k.db.Put(store.Settings, "calendars", doc)
}
func (k kept) Walls() (map[string][]byte, error) {
	walls := map[string][]byte{}
	return walls, k.db.Each(store.Walls, func(name string, doc []byte) error {
		walls[name] = doc
		return nil
	})
}
func (k kept) WallsMoved() (bool, error) {
	mark, err := k.db.Get(store.Layouts, "moved")
	return len(mark) > 0, err
}
func (k kept) SetWallsMoved() error                   { return k.db.Put(store.Layouts, "moved", []byte("1")) }
func (k kept) SaveWall(name string, doc []byte) error { return k.db.Put(store.Walls, name, doc) }
func (k kept) DeleteWall(name string) error           { return k.db.Delete(store.Walls, name) }
func (k kept) SaveLayouts(doc []byte) error           { return k.db.Put(store.Layouts, "all", doc) }

func (k kept) Rules() ([]byte, error)        { return k.db.Get(store.Settings, "rules") }
func (k kept) SaveRules(doc []byte) error    { return k.db.Put(store.Settings, "rules", doc) }
func (k kept) Openings() ([]byte, error)     { return k.db.Get(store.Settings, "openings") }
func (k kept) SaveOpenings(doc []byte) error { return k.db.Put(store.Settings, "openings", doc) }

func (k kept) Preflights() ([]byte, error) { return k.db.Get(store.Settings, "preflights") }
func (k kept) SavePreflights(doc []byte) error {
	return k.db.Put(store.Settings, "preflights", doc)
}

// facade is a facade with settings and layouts alone; applied collects what took effect.
func facade(t *testing.T, docs kept, toml string) (a *API, applied *[]config.Config) {
	t.Helper()
	file, err := config.Parse("config.toml", []byte(toml))
	require.NoError(t, err)
	p, err := LoadPreferences(file, docs, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	applied = &[]config.Config{}
	return New(Options{
		Preferences: p, Documents: docs,
		Apply: func(c config.Config) { *applied = append(*applied, c) },
	}), applied
}

func database(t *testing.T) kept {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), store.FileName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return kept{db}
}

func change(kv ...string) SettingsChange {
	c := SettingsChange{Settings: map[string]*string{}}
	for i := 0; i < len(kv); i += 2 {
		v := kv[i+1]
		c.Settings[kv[i]] = &v
	}
	return c
}

func TestASettingTakesEffectAndOutlivesARestart(t *testing.T) {
	db := database(t)
	a, applied := facade(t, db, "")
	got, err := a.PutSettings(t.Context(), change(KeyRefreshInterval, "90s", KeyTheme, "light", KeyCache, "64MiB"))
	require.NoError(t, err)
	assert.Equal(t, "1m30s", got.Settings[KeyRefreshInterval])
	assert.Equal(t, "30m", got.Settings[KeyExtractInterval])
	require.Len(t, *applied, 1)
	assert.Equal(t, 90*time.Second, (*applied)[0].Refresh.Interval)

	a, _ = facade(t, db, "")
	got, err = a.Settings(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		KeyRefreshInterval: "1m30s", KeyExtractInterval: "30m", KeyLiveInterval: "5m", KeyTimeout: "30s",
		KeyCache: "64MiB", KeyNotifyBefore: "15m", KeyTheme: "light", KeyClock: "local", KeyLayout: "auto",
		KeyCloseToTray: "on", KeyStartAtLogin: "off", KeyNotify: "on", KeyPlayer: "mpv", KeyFit: "on",
		KeyPreflight: "30m, 10m", KeyOpenAtStart: "off",
		KeyRewind: "0s", KeyRewindSize: "4.0GiB",
	}, got.Settings)
	assert.Empty(t, got.Fixed)
	assert.Empty(t, got.Restart, "each setting takes effect at once")
	assert.Equal(t, int64(64<<20), a.o.Preferences.Config().Proxy.Cache)

	got, err = a.PutSettings(t.Context(), SettingsChange{Settings: map[string]*string{KeyRefreshInterval: nil}})
	require.NoError(t, err)
	assert.Equal(t, "4m", got.Settings[KeyRefreshInterval], "null goes back to the default")
	assert.Equal(t, "light", got.Settings[KeyTheme])
}

func TestWhatConfigTomlSaysWins(t *testing.T) {
	db := database(t)
	a, _ := facade(t, db, "")
	_, err := a.PutSettings(t.Context(), change(KeyRefreshInterval, "90s"))
	require.NoError(t, err)

	a, applied := facade(t, db, "[refresh]\ninterval = \"6m\"\n")
	got, err := a.Settings(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "6m", got.Settings[KeyRefreshInterval])
	assert.Equal(t, []string{KeyRefreshInterval}, got.Fixed)
	assert.Equal(t, 6*time.Minute, a.o.Preferences.Config().Refresh.Interval)

	_, err = a.PutSettings(t.Context(), change(KeyRefreshInterval, "2m", KeyTheme, "dark"))
	assert.Equal(t, CodeFixed, AsError(err).Code)
	assert.Empty(t, *applied, "nothing of a change with a fault takes effect")

	back := map[string]*string{}
	for k, v := range got.Settings {
		back[k] = &v
	}
	_, err = a.PutSettings(t.Context(), SettingsChange{Settings: back, Fixed: got.Fixed})
	assert.NoError(t, err, "an answer can be sent back")
}

func TestWhoFollowsTheSettingsHearsOfEachChangeInItsOrder(t *testing.T) {
	a, _ := facade(t, database(t), "[notify]\nbefore = \"5m\"\n")
	p := a.o.Preferences
	assert.Equal(t, []string{"on", "5m", "4m", ""}, []string{p.Get(KeyCloseToTray), p.Get(KeyNotifyBefore), p.Get(KeyRefreshInterval), p.Get("nope")})
	var heard []string
	p.OnChange(func(inForce map[string]string) {
		assert.Equal(t, p.Get(KeyLayout), inForce[KeyLayout], "what is told can be read")
		assert.Equal(t, "5m", inForce[KeyNotifyBefore], "all settings are told")
		heard = append(heard, inForce[KeyLayout])
		inForce[KeyLayout] = "changed by one who hears it"
	})
	words := settingsTable()[KeyLayout].words
	for _, w := range words {
		_, err := a.PutSettings(t.Context(), change(KeyLayout, w))
		require.NoError(t, err)
	}
	_, err := a.PutSettings(t.Context(), change(KeyLayout, "4x4"))
	require.Error(t, err)
	assert.Equal(t, words, heard, "and nothing of a change that was refused")

	// Of changes at the same time, what is told last is what holds.
	var all sync.WaitGroup
	for _, w := range words {
		all.Go(func() { _, _ = a.PutSettings(t.Context(), change(KeyLayout, w)) })
	}
	all.Wait()
	assert.Equal(t, p.Get(KeyLayout), heard[len(heard)-1])
}

func TestAWrongSettingIsRefusedAsAWhole(t *testing.T) {
	a, applied := facade(t, database(t), "")
	for key, v := range map[string]string{
		"refresh.intervall": "4m", "server.token": "x", "": "x", "ui": "x",
		KeyRefreshInterval: "soon", KeyExtractInterval: "-1m", KeyTimeout: "11m", KeyCache: "many",
		KeyTheme: "pink", KeyClock: "", KeyLayout: "4x4", KeyPlayer: "/bin/sh", KeyCloseToTray: "true", KeyNotifyBefore: "4\"\ntoken=\"x",
	} {
		_, err := a.PutSettings(t.Context(), change(KeyLiveInterval, "1m", key, v))
		if assert.Error(t, err, key) {
			assert.Equal(t, CodeInvalid, AsError(err).Code, key)
		}
	}
	assert.Empty(t, *applied)
	got, err := a.Settings(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "5m", got.Settings[KeyLiveInterval])
}

func TestASavedSettingThatIsNoLongerSoundDoesNotKeepTheProgramFromStarting(t *testing.T) {
	db := database(t)
	for _, doc := range []string{`{"refresh.interval":"1ns","gone":"1","ui.theme":"light"}`, `[1]`, `{`, `null`, `{"ui.theme":7}`} {
		require.NoError(t, db.SaveSettings([]byte(doc)))
		a, _ := facade(t, db, "")
		got, err := a.Settings(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "4m", got.Settings[KeyRefreshInterval], doc)
	}
}

func TestLayoutsComeBackAsTheyWere(t *testing.T) {
	a, _ := facade(t, database(t), "")
	got, err := a.Layouts(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(got))
	for _, doc := range []string{`{"Race":{"tiles":["a","b"]}}`, `[ 1,  2 ]`, `{}`} {
		_, err := a.PutLayouts(t.Context(), Layouts(doc))
		require.NoError(t, err)
		got, err := a.Layouts(t.Context())
		require.NoError(t, err)
		assert.Equal(t, doc, string(got))
	}
	for doc, code := range map[string]Code{
		`"text"`: CodeInvalid, `7`: CodeInvalid, `null`: CodeInvalid, ` true`: CodeInvalid, `{`: CodeBadRequest, ``: CodeBadRequest,
		`{"a":"` + string(make([]byte, MaxBody)) + `"}`: CodeTooLarge,
	} {
		_, err := a.PutLayouts(t.Context(), Layouts(doc))
		assert.Equal(t, code, AsError(err).Code)
	}
	got, err = a.Layouts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(got), "a refused document changes nothing")
}
