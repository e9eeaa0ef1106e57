package app

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/config"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/settings"
)

// calendarBase returns a base with the calendars in the text of a config.toml.
func calendarBase(t *testing.T, toml string, demo bool) *Base {
	t.Helper()
	conf, err := config.Parse("config.toml", []byte(toml))
	require.NoError(t, err)
	b, err := NewBase(Options{
		Config: conf, Paths: config.Paths{Config: t.TempDir(), Data: t.TempDir()}, Demo: demo, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

func testProviders(b *Base) []schedule.Provider {
	return b.providers(settings.FromConfig(b.o.Config.Schedule), b.o.Config.Fixed("schedule"))
}

func TestTheDemoFetchesNoCalendarUnlessTheUserChoseOne(t *testing.T) {
	named := func(toml string, demo bool) (out []string) {
		for _, p := range testProviders(calendarBase(t, toml, demo)) {
			out = append(out, p.Key())
		}
		return out
	}
	assert.Equal(t, []string{"demo"}, named("", true))
	assert.NotContains(t, named("", false), "demo")
	assert.Len(t, named("", false), 1)
	own := "[[schedule]]\nkind = \"f1calendar\"\nseries = \"fe\"\n"
	assert.Len(t, named(own, true), 2)
	assert.Len(t, named(own+own, false), 1, "a calendar that is listed twice is used once")
	assert.Empty(t, named("schedule = []\n", false))

	b := calendarBase(t, "", false)
	require.NoError(t, os.WriteFile(filepath.Join(b.dir.Path(), "show.toml"), []byte("kind = \"demo\"\n"), 0o600))
	b, err := NewBase(b.o)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	assert.Len(t, testProviders(b), 2, "a demo source in a file adds its calendar to the others")
}

func TestACalendarIsFetchedWithinLimitsAndErrorsDoNotContainItsAddress(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			_, _ = w.Write([]byte("a calendar"))
		case "/large":
			_, _ = w.Write([]byte(strings.Repeat("x", season.MaxBody+1)))
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "http://127.0.0.2:1/", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	b := calendarBase(t, "", false)
	body, err := b.fetch(t.Context(), site.URL+"/good?key=secret")
	require.NoError(t, err)
	assert.Equal(t, "a calendar", string(body))
	for path, says := range map[string]string{
		"/large": "larger", "/loop": "redirect loop", "/away": "another host", "/cut": "EOF", "/none": "404",
	} {
		_, err := b.fetch(t.Context(), site.URL+path+"?key=secret")
		if assert.ErrorContains(t, err, says, path) {
			assert.NotContains(t, err.Error(), "secret", path)
		}
	}
	_, err = b.fetch(t.Context(), "http://private.invalid\x7f/?key=secret")
	assert.ErrorContains(t, err, "not a web address")
	_, err = b.fetch(t.Context(), "file:///etc/passwd")
	assert.Error(t, err)
}

func TestRetryAfterOfACalendarServerIsRespected(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if after := r.URL.Query().Get("after"); after != "" {
			w.Header().Set("Retry-After", after)
		}
		status, _ := strconv.Atoi(r.URL.Query().Get("status"))
		w.WriteHeader(status)
	}))
	defer site.Close()
	b := calendarBase(t, "", false)
	for query, want := range map[string]time.Duration{
		"status=429&after=3600": time.Hour,
		"status=503&after=90":   90 * time.Second,
		"status=503&after=" + url.QueryEscape(time.Now().Add(2*time.Hour).UTC().Format(http.TimeFormat)): 2 * time.Hour,
		"status=429&after=99999999": 24 * time.Hour,
		"status=429":                0,
		"status=429&after=soon":     0,
		"status=404&after=3600":     0,
	} {
		_, err := b.fetch(t.Context(), site.URL+"/season.ics?"+query)
		require.Error(t, err)
		var busy *season.BusyError
		if want == 0 {
			assert.False(t, errors.As(err, &busy), query)
		} else if assert.ErrorAs(t, err, &busy, query) {
			assert.InDelta(t, want, busy.RetryAfter, float64(5*time.Second), query)
		}
		assert.Regexp(t, `/season\.ics\?… answers \d{3} `, err.Error())
	}
}
