package settings

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
	"gridwall/backend/stream"
)

// saved stores documents in a real database, as app does.
type saved struct{ db *store.Store }

func (s saved) Settings() ([]byte, error)      { return s.db.Get(store.Settings, "all") }
func (s saved) SaveSettings(doc []byte) error  { return s.db.Put(store.Settings, "all", doc) }
func (s saved) Calendars() ([]byte, error)     { return s.db.Get(store.Settings, "calendars") }
func (s saved) SaveCalendars(doc []byte) error { return s.db.Put(store.Settings, "calendars", doc) }

func database(t *testing.T) saved {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), store.FileName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return saved{db}
}

// load returns settings over a config.toml; applied collects the configuration after each change.
func load(t *testing.T, docs saved, toml string) (s *Settings, applied *[]config.Config) {
	t.Helper()
	file, err := config.Parse("config.toml", []byte(toml))
	require.NoError(t, err)
	s, err = Load(file, docs, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	applied = &[]config.Config{}
	s.OnChange(func() { *applied = append(*applied, s.Config()) })
	return s, applied
}

func change(kv ...string) map[string]*string {
	c := map[string]*string{}
	for i := 0; i < len(kv); i += 2 {
		v := kv[i+1]
		c[kv[i]] = &v
	}
	return c
}

func TestASettingTakesEffectAndSurvivesARestart(t *testing.T) {
	db := database(t)
	s, applied := load(t, db, "")
	require.NoError(t, s.Change(change(KeyRefreshInterval, "90s", KeyTheme, "light", KeyCache, "64MiB")))
	assert.Equal(t, "1m30s", s.Get(KeyRefreshInterval))
	assert.Equal(t, "30m", s.Get(KeyExtractInterval))
	require.Len(t, *applied, 1)
	assert.Equal(t, 90*time.Second, (*applied)[0].Refresh.Interval)

	s, _ = load(t, db, "")
	got, fixed := s.Values()
	assert.Equal(t, map[string]string{
		KeyRefreshInterval: "1m30s", KeyExtractInterval: "30m", KeyLiveInterval: "5m", KeyTimeout: "30s",
		KeyCache: "64MiB", KeyNotifyBefore: "15m", KeyTheme: "light", KeyClock: "local", KeyLayout: "auto",
		KeyCloseToTray: "on", KeyStartAtLogin: "off", KeyNotify: "on", KeyPlayer: "mpv", KeyRemote: "off", KeyFit: "on",
		KeyTileControls: "pointer", KeyKeys: "", KeyLetterKeys: "on", KeyDelay: "", KeyAudioLanguages: "",
		KeyPreflight: "30m, 10m", KeyOpenAtStart: "off",
		KeyRewind: "0s", KeyRewindSize: "4.0GiB",
	}, got)
	assert.Empty(t, fixed)
	assert.Equal(t, int64(64<<20), s.Config().Proxy.Cache)

	require.NoError(t, s.Change(map[string]*string{KeyRefreshInterval: nil}))
	assert.Equal(t, "4m", s.Get(KeyRefreshInterval), "nil restores the default")
	assert.Equal(t, "light", s.Get(KeyTheme))
}

func TestConfigTomlWinsOverTheWindow(t *testing.T) {
	db := database(t)
	s, _ := load(t, db, "")
	require.NoError(t, s.Change(change(KeyRefreshInterval, "90s")))

	s, applied := load(t, db, "[refresh]\ninterval = \"6m\"\n")
	got, fixed := s.Values()
	assert.Equal(t, "6m", got[KeyRefreshInterval])
	assert.Equal(t, []string{KeyRefreshInterval}, fixed)
	assert.Equal(t, 6*time.Minute, s.Config().Refresh.Interval)

	assert.ErrorIs(t, s.Change(change(KeyRefreshInterval, "2m", KeyTheme, "dark")), ErrFixed)
	assert.Empty(t, *applied, "no part of a rejected change takes effect")

	back := map[string]*string{}
	for k, v := range got {
		back[k] = &v
	}
	assert.NoError(t, s.Change(back), "all values can be sent back")
}

func TestListenersAreCalledForEachChangeInOrder(t *testing.T) {
	s, _ := load(t, database(t), "[notify]\nbefore = \"5m\"\n")
	assert.Equal(t, []string{"on", "5m", "4m", ""}, []string{s.Get(KeyCloseToTray), s.Get(KeyNotifyBefore), s.Get(KeyRefreshInterval), s.Get("nope")})
	var heard []string
	s.OnChange(func() {
		assert.Equal(t, "5m", s.Get(KeyNotifyBefore), "a listener can read all settings")
		heard = append(heard, s.Get(KeyLayout))
	})
	words := table()[KeyLayout].words
	for _, w := range words {
		require.NoError(t, s.Change(change(KeyLayout, w)))
	}
	require.Error(t, s.Change(change(KeyLayout, "4x4")))
	assert.Equal(t, words, heard, "a rejected change is not reported")

	// After concurrent changes, the last one that was reported is the current one.
	var all sync.WaitGroup
	for _, w := range words {
		all.Go(func() { _ = s.Change(change(KeyLayout, w)) })
	}
	all.Wait()
	assert.Equal(t, s.Get(KeyLayout), heard[len(heard)-1])
}

func TestAChangeWithAWrongValueIsRejectedAsAWhole(t *testing.T) {
	s, applied := load(t, database(t), "")
	for key, v := range map[string]string{
		"refresh.intervall": "4m", "server.token": "x", "": "x", "ui": "x",
		KeyRefreshInterval: "soon", KeyExtractInterval: "-1m", KeyTimeout: "11m", KeyCache: "many",
		KeyTheme: "pink", KeyClock: "", KeyLayout: "4x4", KeyPlayer: "/bin/sh", KeyCloseToTray: "true", KeyNotifyBefore: "4\"\ntoken=\"x",
	} {
		want := stream.ErrInvalid
		if _, known := table()[key]; !known {
			want = ErrUnknown
		}
		assert.ErrorIs(t, s.Change(change(KeyLiveInterval, "1m", key, v)), want, key)
	}
	assert.Empty(t, *applied)
	assert.Equal(t, "5m", s.Get(KeyLiveInterval))
}

func TestAnInvalidSavedSettingDoesNotStopTheProgramFromStarting(t *testing.T) {
	db := database(t)
	for _, doc := range []string{`{"refresh.interval":"1ns","gone":"1","ui.theme":"light"}`, `[1]`, `{`, `null`, `{"ui.theme":7}`} {
		require.NoError(t, db.SaveSettings([]byte(doc)))
		s, _ := load(t, db, "")
		assert.Equal(t, "4m", s.Get(KeyRefreshInterval), doc)
	}
}
