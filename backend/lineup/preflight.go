package lineup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// preflightWait bounds one check of a session; the timeouts of sources and stream checks are shorter.
	preflightWait = 3 * time.Minute
	// preflightRuns bounds the sources that run at once.
	preflightRuns = 4
	// preflightChecks bounds the streams that are checked for one session.
	preflightChecks = 40
)

// Preflight reports whether a session's feeds are ready.
type Preflight struct {
	Event   season.Event   `json:"-"`
	Session season.Session `json:"-"`
	// CheckedAt is nil if the session was never checked; the lists and Text are empty then.
	CheckedAt *time.Time        `json:"checked_at"`
	Ready     int               `json:"ready"` // how many of Feeds are ready
	Feeds     []PreflightFeed   `json:"feeds"`
	Sources   []PreflightSource `json:"sources"`
	// Text is the result in a few words, such as "4 feeds ready".
	Text string `json:"text"`
	// Opens reports whether the grid opens by itself at the session's start.
	Opens bool `json:"-"`
}

// PreflightFeed is the result for one feed of a session.
type PreflightFeed struct {
	StreamID string `json:"stream_id"`
	Title    string `json:"title"`
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	Ready    bool   `json:"ready"`
	Problem  string `json:"problem" doc:"What is wrong; empty if the feed is ready."`
	Advice   string `json:"advice" doc:"What can be done about it."`
}

// PreflightSource is a source that could not be read.
type PreflightSource struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Error  string `json:"error"`
	Advice string `json:"advice"`
}

// Preflight returns the result of the last check of a session. event and session are as in Feeds.
func (l *Lineup) Preflight(event, session string) (Preflight, error) {
	e, s, err := l.find(event, session)
	if err != nil {
		return Preflight{}, err
	}
	return l.preflight(e, s), nil
}

func (l *Lineup) preflight(e season.Event, s season.Session) Preflight {
	l.mu.Lock()
	p, ok := l.results[sessionKey(e, s)]
	l.mu.Unlock()
	if !ok {
		p = Preflight{Feeds: []PreflightFeed{}, Sources: []PreflightSource{}}
	}
	p.Event, p.Session = e, s
	rule := l.ruleFor(e, s)
	_, listed := l.feeds(rule, e, s)
	p.Opens = l.opens(e, s, rule, listed)
	return p
}

// RunPreflight checks a session's feeds now, and returns the result: it runs their sources, requests each feed as a player would,
// and compares the feeds' codecs with those that the page plays. A call during a check of the session returns that check's result.
func (l *Lineup) RunPreflight(ctx context.Context, event, session string) (Preflight, error) {
	e, s, err := l.find(event, session)
	if err != nil {
		return Preflight{}, err
	}
	key := sessionKey(e, s)
	l.mu.Lock()
	done := l.running[key]
	if done == nil {
		done = make(chan struct{})
		l.running[key] = done
		go func() { // it outlives the caller's ctx, because others may have joined it
			defer close(done)
			all, cancel := context.WithTimeout(context.WithoutCancel(ctx), preflightWait)
			defer cancel()
			if err := l.saveResult(key, l.check(all, e, s)); err != nil {
				l.o.Log.Warn("cannot save the result of a pre-flight check; it will be lost on restart", "session", s.Name, "error", err)
			}
			l.o.OnChange()
		}()
	}
	l.mu.Unlock()
	select {
	case <-done:
		return l.preflight(e, s), nil
	case <-ctx.Done():
		return Preflight{}, ctx.Err()
	}
}

// check checks one session.
func (l *Lineup) check(ctx context.Context, e season.Event, s season.Session) Preflight {
	rule := l.ruleFor(e, s)
	p := Preflight{Feeds: []PreflightFeed{}, Sources: []PreflightSource{}}
	p.Sources = append(p.Sources, l.runSources(ctx, l.sourcesOf(rule, e, s))...)
	var ids []string
	for _, st := range l.candidates(rule, e, s) {
		ids = append(ids, st.ID)
	}
	l.o.Streams.Check(ctx, ids[:min(len(ids), preflightChecks)]...)
	feeds := l.candidates(rule, e, s)
	for _, st := range feeds[:min(len(feeds), maxFeeds)] {
		f := PreflightFeed{StreamID: st.ID, Title: st.Title, SiteKey: st.SiteKey, SiteName: st.SiteName}
		f.Problem, f.Advice = l.diagnose(st)
		if f.Problem == "" {
			f.Ready = true
			p.Ready++
		}
		p.Feeds = append(p.Feeds, f)
	}
	p.Text = verdict(p.Ready, len(p.Feeds))
	now := l.o.Now().UTC().Truncate(time.Millisecond)
	p.CheckedAt = &now
	return p
}

// sourcesOf returns the keys of the sources that the session's feeds come from: those that its rule names, otherwise those that
// list a feed of it now, otherwise all that are enabled.
func (l *Lineup) sourcesOf(rule *rules.Compiled, e season.Event, s season.Session) []string {
	var out []string
	if rule != nil {
		out = append(out, rule.Rule().Sources...)
	}
	if len(out) == 0 {
		for _, st := range l.candidates(rule, e, s) {
			out = append(out, st.SiteKey)
		}
	}
	if len(out) == 0 {
		for _, src := range l.o.Sources.All() {
			if src.Source.Enabled {
				out = append(out, src.Source.Key)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// runSources runs the sources, and returns those that could not be read.
func (l *Lineup) runSources(ctx context.Context, keys []string) (failed []PreflightSource) {
	failures := make([]error, len(keys))
	slots := make(chan struct{}, preflightRuns)
	var all sync.WaitGroup
	for i, key := range keys {
		if failures[i] = ctx.Err(); failures[i] != nil {
			continue // do not start more runs once the check is cancelled
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			failures[i] = ctx.Err()
			continue
		}
		all.Go(func() {
			failures[i] = l.o.Streams.Run(ctx, key)
			<-slots
		})
	}
	all.Wait()
	for i, err := range failures {
		if err != nil {
			failed = append(failed, l.sourceFailure(keys[i], err))
		}
	}
	return failed
}

// sourceFailure describes why a source could not be read.
func (l *Lineup) sourceFailure(key string, err error) PreflightSource {
	name := key
	advice := "Fix the rule, or restore the source."
	entries := l.o.Sources.All()
	if i := slices.IndexFunc(entries, func(e source.Entry) bool { return e.Source.Key == key }); i >= 0 {
		name, advice = entries[i].Source.Name, "Try the source under Sources: it shows each request."
		if !entries[i].Source.Enabled {
			advice = "Turn it on under Sources."
		}
	}
	why := strings.TrimSuffix(stream.RedactText(err.Error()), ".")
	var notYet *stream.NotYetError
	if errors.As(err, &notYet) {
		return PreflightSource{Key: key, Name: name, Error: fmt.Sprintf("%s: %s.", name, why), Advice: "Gridwall will check again by itself."}
	}
	return PreflightSource{Key: key, Name: name, Error: fmt.Sprintf("%s could not be read: %s.", name, why), Advice: advice}
}
