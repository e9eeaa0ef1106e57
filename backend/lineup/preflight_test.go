package lineup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/season"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// checkNow checks the live session.
func (r *rig) checkNow() Preflight {
	r.t.Helper()
	p, err := r.RunPreflight(r.t.Context(), "", "")
	require.NoError(r.t, err)
	return p
}

// outcome returns the result of a check as lines: the title of each feed, with "ok" or its problem and advice.
func outcome(p Preflight) (out []string) {
	for _, f := range p.Feeds {
		state := "ok"
		if !f.Ready {
			state = f.Problem + " " + f.Advice
		}
		out = append(out, f.Title+" | "+state)
	}
	return out
}

func TestPreflightReportsWhichFeedsPlayHere(t *testing.T) {
	broken := func(reason string) stream.Stream {
		st := offline("tv", "F1")
		st.Health.Reason = reason
		return st
	}
	coded := func(codecs ...string) stream.Stream {
		st := live("tv", "F1")
		st.Health.Codecs = codecs
		return st
	}
	page := []string{"h264", "aac"}
	for name, tc := range map[string]struct {
		stream stream.Stream
		plays  []string // nil: no page has reported any
		want   string   // in the problem and its advice; "" for ready
	}{
		"it plays":                  {live("tv", "F1"), nil, ""},
		"it was not checked":        {unchecked("tv", "F1"), nil, "could not be checked in time"},
		"the token is refused":      {broken("https://cdn.test/a.m3u8: answered 403 Forbidden"), nil, "the CDN responded with 403 Forbidden. It refuses the token"},
		"no permission":             {broken("answered 401 Unauthorized"), nil, "refuses the token"},
		"it is not there yet":       {broken("answered 404 Not Found"), nil, "may start with the session"},
		"it is gone":                {broken("answered 410 Gone"), nil, "may start with the session"},
		"too many requests":         {broken("answered 429 Too Many Requests"), nil, "wait a little"},
		"the CDN fails":             {broken("the segment: answered 502 Bad Gateway"), nil, "the CDN responded with 502 Bad Gateway. Its CDN has a problem"},
		"no answer":                 {broken("no such host."), nil, "does not play: no such host. Try its source"},
		"the page plays its codecs": {coded("avc1.640028,mp4a.40.2"), page, ""},
		"not its video":             {coded("hvc1.2.4.L123,mp4a.40.2"), page, "encoded in H.265 (HEVC), which"},
		"neither":                   {coded("hvc1.2.4.L123,ec-3"), page, "H.265 (HEVC) and Dolby Digital Plus (E-AC-3)"},
		"one variant is enough":     {coded("hvc1.2.4.L123,mp4a.40.2", "AVC1.640028, mp4a.40.2", "av01.0.08M.08"), page, ""},
		"the variant with the fewest problems counts": {coded("hvc1.2.4.L123,ac-3", "av01.0.08M.08,mp4a.40.2"), page, "encoded in AV1, which"},
		"one codec twice is named once":               {coded("hvc1.2.4.L123,hev1.1.6.L93"), page, "encoded in H.265 (HEVC), which"},
		"subtitles and unknown codecs are ignored":    {coded("avc1.640028,wvtt,stpp.ttml.im1t"), page, ""},
		"MP3 is not AAC":                              {coded("avc1.640028,mp4a.40.34"), page, "encoded in MP3"},
		"no page has reported its codecs":             {coded("hvc1.2.4.L123,ec-3"), nil, ""},
		"a codec that no browser plays":               {coded("avc1.640028,ac-4"), nil, "Dolby AC-4"},
		"MPEG-2 video":                                {coded("mp4v.61,mp4a.40.2"), nil, "MPEG-2"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, tc.stream)
			if tc.plays != nil {
				require.NoError(t, r.SetCodecs(tc.plays))
			}
			p := r.checkNow()
			require.Len(t, p.Feeds, 1)
			f := p.Feeds[0]
			assert.Equal(t, [4]string{"F1", "F1", "tv", "Site tv"}, [4]string{f.StreamID, f.Title, f.SiteKey, f.SiteName})
			if tc.want == "" {
				assert.True(t, f.Ready, f.Problem)
				assert.Empty(t, f.Problem+f.Advice)
				assert.Equal(t, "1 feed ready", p.Text)
				return
			}
			assert.False(t, f.Ready)
			assert.NotEmpty(t, f.Advice)
			assert.Contains(t, f.Problem+" "+f.Advice, tc.want)
			assert.True(t, strings.HasPrefix(f.Problem, "F1 "), f.Problem)
			assert.Equal(t, "none of 1 feed ready", p.Text)
			assert.Zero(t, p.Ready)
		})
	}
}

func TestOnlyCodecsThatABrowserCanPlayAreReported(t *testing.T) {
	hevc := live("tv", "F1")
	hevc.Health.Codecs = []string{"hvc1.2.4.L123"}
	r := newRig(t, []season.Event{monaco()}, hevc)
	require.NoError(t, r.SetCodecs([]string{"hevc"}))
	for _, wrong := range []string{"telepathy", "ac4", ""} {
		assert.ErrorIs(t, r.SetCodecs([]string{"h264", wrong}), stream.ErrInvalid, wrong)
	}
	assert.Equal(t, 1, r.checkNow().Ready, "a report with a mistake changes nothing")
	require.NoError(t, r.SetCodecs([]string{}))
	assert.Zero(t, r.checkNow().Ready, "the last report counts, though it has no codecs")
}

func TestPreflightChecksTheFeedsAgain(t *testing.T) {
	for name, rule := range map[string]*Rule{"by title": nil, "by a rule": {Titles: []string{"world", "onboard"}}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, live("tv", "F1 world feed"), offline("tv", "F1 onboard"))
			if rule != nil {
				r.setRules(*rule)
			}
			r.check = func(context.Context, []string) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.listed = []stream.Stream{offline("tv", "F1 world feed"), live("tv", "F1 onboard"), live("tv", "News")}
			}
			p := r.checkNow()
			assert.ElementsMatch(t, []string{
				"F1 world feed | F1 world feed does not play: the CDN responded with 403 Forbidden. It refuses the token or the headers: try its source under Sources, or check whether your account is still valid.",
				"F1 onboard | ok",
			}, outcome(p), "offline feeds are checked too, and those that went offline are listed")
			assert.Equal(t, "1 of 2 feeds ready", p.Text)
			assert.Equal(t, [][]string{{"F1 world feed", "F1 onboard"}}, r.checked)
			kept, err := r.Preflight("", "")
			require.NoError(t, err)
			assert.Equal(t, p, kept)
		})
	}
}

func TestAPreflightOfTheDemoListsEachFeedOnce(t *testing.T) {
	demo := monaco()
	demo.ID, demo.Series = "demo-7", "demo"
	r := newRig(t, []season.Event{demo}, live("show", "World feed"), offline("show", "Monaco onboard"))
	r.files = []source.Entry{file("show", "demo", true)}
	p := r.checkNow()
	require.Len(t, p.Feeds, 2)
	assert.Equal(t, "1 of 2 feeds ready", p.Text)
}

func TestAPreflightRunsTheSourcesOfTheSession(t *testing.T) {
	files := []source.Entry{file("tv", "m3u", true), file("web", "page", true), file("off", "m3u", false), file("other", "m3u", true)}
	for name, tc := range map[string]struct {
		rule   *Rule
		listed []stream.Stream
		want   []string
	}{
		"those that list a feed of it":         {nil, []stream.Stream{live("web", "F1"), live("tv", "F1"), live("tv", "F1"), live("other", "News")}, []string{"tv", "web"}},
		"and those whose feed is offline":      {nil, []stream.Stream{offline("web", "F1"), live("tv", "F1")}, []string{"tv", "web"}},
		"all that are enabled, if none has":    {nil, []stream.Stream{live("other", "News")}, []string{"other", "tv", "web"}},
		"those that the rule names":            {&Rule{Sources: []string{"web", "off", "nowhere", "web"}}, []stream.Stream{live("tv", "F1")}, []string{"nowhere", "off", "web"}},
		"of a rule of titles, those that have": {&Rule{Titles: []string{"news"}}, []stream.Stream{live("tv", "F1"), live("other", "News")}, []string{"other"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, tc.listed...)
			r.files = files
			if tc.rule != nil {
				r.setRules(*tc.rule)
			}
			r.checkNow()
			slices.Sort(r.ran)
			assert.Equal(t, tc.want, r.ran)
		})
	}
}

func TestASourceThatCannotBeReadIsListedWithAdvice(t *testing.T) {
	r := newRig(t, []season.Event{monaco()}, live("tv", "F1"))
	r.files = []source.Entry{file("tv", "m3u", true), file("off", "m3u", false), file("soon", "m3u", true), file("fine", "m3u", true)}
	r.setRules(Rule{Sources: []string{"tv", "off", "nowhere", "soon", "fine"}})
	r.run = func(_ context.Context, key string) error {
		return map[string]error{
			"tv":      errors.New("Get https://site.test/list?token=0123456789abcdef0123456789abcdef: timeout."),
			"off":     errors.New("the source is disabled"),
			"nowhere": stream.ErrUnknownSource,
			"soon":    fmt.Errorf("soon: %w", &stream.NotYetError{Text: "This live event will begin in 2 hours."}),
		}[key]
	}
	p := r.checkNow()
	texts := map[string]string{}
	for _, s := range p.Sources {
		texts[s.Key] = s.Name + ": " + s.Error + " " + s.Advice
	}
	require.Len(t, texts, 4)
	assert.Contains(t, texts["tv"], "Site tv could not be read: ")
	assert.Contains(t, texts["tv"], "timeout. Try the source under Sources")
	assert.NotContains(t, texts["tv"], "0123456789abcdef", "a token is not shown")
	assert.Contains(t, texts["off"], "Turn it on under Sources.")
	assert.Contains(t, texts["nowhere"], "nowhere could not be read: ")
	assert.Contains(t, texts["nowhere"], "Fix the rule")
	assert.Contains(t, texts["soon"], "This live event will begin in 2 hours. Gridwall will check again by itself.")
	assert.NotContains(t, texts["soon"], "could not be read", "a stream that has not begun is not a failure")
	assert.Equal(t, "1 feed ready", p.Text, "the known address still plays")
}

func TestAPreflightIsBounded(t *testing.T) {
	t.Run("in sources at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()})
			for i := range 10 {
				r.files = append(r.files, file(fmt.Sprint("s", i), "m3u", true))
			}
			var now, most atomic.Int32
			r.run = func(context.Context, string) error {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				return nil
			}
			r.checkNow()
			assert.EqualValues(t, 4, most.Load())
			assert.Len(t, r.ran, 10)
		})
	})
	t.Run("in time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, live("a", "F1"))
			for i := range 10 {
				r.files = append(r.files, file(fmt.Sprint("s", i), "m3u", true))
			}
			r.setRules(Rule{Sources: []string{"s0", "s1", "s2", "s3", "s4", "s5"}})
			r.run = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
			began := time.Now()
			p := r.checkNow()
			assert.Equal(t, 3*time.Minute, time.Since(began))
			assert.Len(t, r.ran, 4, "no more sources are started after that")
			assert.Len(t, p.Sources, 6, "all count as unread")
			assert.Equal(t, "no feed is listed", p.Text)
		})
	})
	t.Run("in streams", func(t *testing.T) {
		var listed []stream.Stream
		for i := range 60 {
			listed = append(listed, offline("tv", fmt.Sprint("F1 ", i)))
		}
		listed = append(listed, live("tv", "F1 live"))
		r := newRig(t, []season.Event{monaco()}, listed...)
		p := r.checkNow()
		require.Len(t, r.checked, 1)
		assert.Len(t, r.checked[0], 40)
		assert.Equal(t, "F1 live", r.checked[0][0], "live ones first")
		assert.Equal(t, "1 of 9 feeds ready", p.Text, "as many as the grid has tiles")
	})
}

func TestChecksOfOneSessionAreJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, []season.Event{monaco()}, live("tv", "F1"))
		r.run = func(ctx context.Context, _ string) error {
			select {
			case <-time.After(10 * time.Second):
			case <-ctx.Done():
			}
			return ctx.Err()
		}
		first, leave := context.WithCancel(t.Context())
		results := make(chan Preflight, 3)
		errs := make(chan error, 1)
		go func() {
			_, err := r.RunPreflight(first, "f1-2026-8", "Race")
			errs <- err
		}()
		synctest.Wait()
		for _, session := range []string{"race", "Race", ""} {
			go func() {
				p, err := r.RunPreflight(t.Context(), "f1-2026-8", session)
				assert.NoError(t, err)
				results <- p
			}()
		}
		synctest.Wait()
		leave()
		assert.ErrorIs(t, <-errs, context.Canceled, "a caller whose context ends stops waiting")
		began := time.Now()
		for range 3 {
			p := <-results
			assert.Empty(t, p.Sources, "the check continues for the others")
			assert.Equal(t, 1, p.Ready)
		}
		assert.Equal(t, 10*time.Second, time.Since(began))
		assert.Equal(t, []string{"tv"}, r.ran, "the source was run once for all")
		assert.EqualValues(t, 1, r.changes.Load(), "clients were notified once")

		go func() { results <- r.checkNow() }()
		synctest.Wait()
		other, err := r.RunPreflight(t.Context(), "f1-2026-8", "Parade")
		require.NoError(t, err)
		assert.Equal(t, "Parade", other.Session.Name, "another session has its own check")
		<-results
		assert.Len(t, r.ran, 3, "a call after the end starts another check")
	})
}

func TestAResultSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, []season.Event{monaco()}, live("tv", "F1"), offline("tv", "F1 Monaco"))
		never, err := r.Preflight("", "")
		require.NoError(t, err)
		assert.Nil(t, never.CheckedAt)
		assert.Equal(t, []PreflightFeed{}, never.Feeds)
		assert.Equal(t, []PreflightSource{}, never.Sources)
		assert.Empty(t, never.Text)

		done := r.checkNow()
		require.NotNil(t, done.CheckedAt)
		assert.Equal(t, time.Now().UTC(), *done.CheckedAt)
		time.Sleep(time.Hour)
		r.restart()
		kept, err := r.Preflight("", "")
		require.NoError(t, err)
		assert.Equal(t, done, kept)
		parade, err := r.Preflight("f1-2026-8", "Parade")
		require.NoError(t, err)
		assert.Nil(t, parade.CheckedAt, "the result belongs to one session")

		r.docs.saveErr = errDisk
		r.listed = nil
		assert.Equal(t, "no feed is listed", r.checkNow().Text, "a result that cannot be saved is still shown")
		assert.Contains(t, r.log.String(), "lost on restart")
	})
}

func TestTheOldestOfTooManyResultsIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sessions []season.Session
		for i := range maxResults + 1 {
			sessions = append(sessions, session(season.Other, fmt.Sprint("Heat ", i), season.Upcoming, i))
		}
		r := newRig(t, []season.Event{event("a", sessions...)})
		checked := func(i int) bool {
			p, err := r.Preflight("a", sessions[i].Name)
			require.NoError(t, err)
			return p.CheckedAt != nil
		}
		for _, s := range append([]season.Session{sessions[1]}, sessions...) {
			_, err := r.RunPreflight(t.Context(), "a", s.Name)
			require.NoError(t, err)
			time.Sleep(time.Minute)
		}
		assert.False(t, checked(0), "it was checked first, and only once")
		for i := 1; i <= maxResults; i++ {
			assert.True(t, checked(i), sessions[i].Name)
		}
	})
}

func TestDamagedResultsAreReplaced(t *testing.T) {
	for name, doc := range map[string]string{
		"not JSON": "{", "null": "null", "another shape": `[1]`, "without lists": `{"f1-2026-8\nrace\nRace":{"checked_at":"2026-05-24T12:00:00Z","ready":1,"text":"x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, live("tv", "F1"))
			r.docs.preflights = []byte(doc)
			r.restart()
			p, err := r.Preflight("", "")
			require.NoError(t, err)
			assert.Nil(t, p.CheckedAt)
			assert.Equal(t, 1, r.checkNow().Ready)
		})
	}
}
