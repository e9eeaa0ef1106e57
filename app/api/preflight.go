package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

const (
	// preflightWait bounds one check of a session: the sources' own timeouts, and that of each stream's check, end sooner.
	preflightWait = 3 * time.Minute
	// preflightRuns bounds the sources that are run side by side.
	preflightRuns = 4
	// preflightChecks bounds the streams that are checked for one session.
	preflightChecks = 40
)

// Preflight reports whether a session's feeds are ready.
type Preflight struct {
	EventID   string            `json:"event_id"`
	Event     string            `json:"event" doc:"The event's name."`
	Session   string            `json:"session" doc:"The session's name."`
	Start     *time.Time        `json:"start" nullable:"true"`
	CheckedAt *time.Time        `json:"checked_at" nullable:"true" doc:"Null while it was not checked; the lists are empty then."`
	Ready     int               `json:"ready" doc:"How many of the feeds are ready."`
	Feeds     []PreflightFeed   `json:"feeds" nullable:"false"`
	Sources   []PreflightSource `json:"sources" nullable:"false" doc:"The sources that could not be read."`
	Text      string            `json:"text" doc:"The result in a few words, such as: 4 feeds ready; empty while it was not checked."`
	Opens     bool              `json:"opens" doc:"Whether the grid opens by itself at the session's start."`
}

// PreflightFeed is one feed of a session, as it was found.
type PreflightFeed struct {
	StreamID string `json:"stream_id"`
	Title    string `json:"title"`
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	Ready    bool   `json:"ready"`
	Problem  string `json:"problem" doc:"What is wrong; empty where the feed is ready."`
	Advice   string `json:"advice" doc:"What can be done about it."`
}

// PreflightSource is a source that could not be read.
type PreflightSource struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Error  string `json:"error"`
	Advice string `json:"advice"`
}

// Problems are what is wrong, in sentences: sources first, then feeds.
func (p Preflight) Problems() (out []string) {
	for _, s := range p.Sources {
		out = append(out, s.Error+" "+s.Advice)
	}
	for _, f := range p.Feeds {
		if !f.Ready {
			out = append(out, f.Problem+" "+f.Advice)
		}
	}
	return out
}

// Preflight answers the last check of a session, which need not have been. The session is named as in SessionFeeds.
func (a *API) Preflight(_ context.Context, event, session string) (Preflight, error) {
	e, s, err := findSession(a.o.Calendar.Calendar(a.o.Now()).Events, event, session)
	if err != nil {
		return Preflight{}, err
	}
	return a.preflight(e, s), nil
}

func (a *API) preflight(e season.Event, s season.Session) Preflight {
	a.checks.load(a.o.Documents, a.o.Log)
	a.checks.mu.Lock()
	p, ok := a.checks.results[sessionKey(e, s)]
	a.checks.mu.Unlock()
	if !ok {
		p = Preflight{Feeds: []PreflightFeed{}, Sources: []PreflightSource{}}
	}
	p.EventID, p.Event, p.Session, p.Start = e.ID, e.Name, s.Name, optional(s.Start)
	rule, _ := a.deciding(e, s)
	_, listed := a.sessionStreams(rule, e, s)
	p.Opens = a.opens(e, s, rule, listed)
	return p
}

// RunPreflight checks a session's feeds now, and answers when that is done: it runs the sources concerned, asks each
// feed's CDN as a player would, and compares what the feeds are coded in with what the page plays. One that asks while
// a check of the session is under way gets its result.
func (a *API) RunPreflight(ctx context.Context, event, session string) (Preflight, error) {
	e, s, err := findSession(a.o.Calendar.Calendar(a.o.Now()).Events, event, session)
	if err != nil {
		return Preflight{}, err
	}
	key := sessionKey(e, s)
	a.checks.load(a.o.Documents, a.o.Log)
	a.checks.mu.Lock()
	done := a.checks.running[key]
	if done == nil {
		done = make(chan struct{})
		a.checks.running[key] = done
		go func() { // it belongs to nobody: others may have joined who asked first
			defer close(done)
			all, cancel := context.WithTimeout(context.WithoutCancel(ctx), preflightWait)
			defer cancel()
			result := a.checkSession(all, e, s)
			if err := a.checks.ended(key, result, a.o.Documents); err != nil {
				a.o.Log.Warn("what a check found is not kept over a restart", "session", s.Name, "error", err)
			}
			a.Publish(EventSchedule)
		}()
	}
	a.checks.mu.Unlock()
	select {
	case <-done:
		return a.preflight(e, s), nil
	case <-ctx.Done():
		return Preflight{}, AsError(ctx.Err())
	}
}

// checkSession is one check of one session.
func (a *API) checkSession(ctx context.Context, e season.Event, s season.Session) Preflight {
	rule, _ := a.deciding(e, s)
	p := Preflight{Feeds: []PreflightFeed{}, Sources: []PreflightSource{}}
	p.Sources = append(p.Sources, a.runSources(ctx, a.concerned(rule, e, s))...)
	var ids []string
	for _, st := range a.members(rule, e, s) {
		ids = append(ids, st.ID)
	}
	a.o.Extraction.Check(ctx, ids[:min(len(ids), preflightChecks)]...)
	feeds := a.members(rule, e, s)
	for _, st := range feeds[:min(len(feeds), maxFeeds)] {
		f := PreflightFeed{StreamID: st.ID, Title: st.Title, SiteKey: st.SiteKey, SiteName: st.SiteName}
		f.Problem, f.Advice = a.judge(st)
		if f.Problem == "" {
			f.Ready = true
			p.Ready++
		}
		p.Feeds = append(p.Feeds, f)
	}
	p.Text = verdict(p.Ready, len(p.Feeds))
	p.CheckedAt = instant(a.o.Now())
	return p
}

// members are all streams that belong to the session, the dead ones too; those that open first come first.
func (a *API) members(rule *rules.Compiled, e season.Event, s season.Session) []stream.Stream {
	out, _ := a.sessionStreams(rule, e, s)
	if rule != nil && rule.Chooses() {
		return out
	}
	matcher := season.NewMatcher(e, s)
	for _, st := range a.o.Extraction.Streams() {
		if st.Health != nil && !st.Health.Live && !schedule.IsDemo(e) && matcher.Match(st.Title) > 0 {
			out = append(out, st)
		}
	}
	return out
}

// concerned are the keys of the sources that the session's feeds come from: those that its rule names, else those that
// list a feed of it now, else all that are enabled.
func (a *API) concerned(rule *rules.Compiled, e season.Event, s season.Session) []string {
	var out []string
	if rule != nil {
		out = append(out, rule.Rule().Sources...)
	}
	if len(out) == 0 {
		for _, st := range a.members(rule, e, s) {
			out = append(out, st.SiteKey)
		}
	}
	if len(out) == 0 {
		for _, src := range a.o.Sources.All() {
			if src.Source.Enabled {
				out = append(out, src.Source.Key)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// runSources runs the sources, and returns those that could not be read.
func (a *API) runSources(ctx context.Context, keys []string) (failed []PreflightSource) {
	failures := make([]error, len(keys))
	slots := make(chan struct{}, preflightRuns)
	var all sync.WaitGroup
	for i, key := range keys {
		if failures[i] = ctx.Err(); failures[i] != nil {
			continue // the one who asked has left: what has not begun does not run
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			failures[i] = ctx.Err()
			continue
		}
		all.Go(func() {
			_, failures[i] = a.o.Extraction.Extract(ctx, key)
			<-slots
		})
	}
	all.Wait()
	for i, err := range failures {
		if err == nil {
			continue
		}
		name := keys[i]
		advice := "Try the source under Sources: it shows each request."
		if entry, ok := a.entry(keys[i]); !ok {
			advice = "Mend the rule, or bring the source back."
		} else {
			name = entry.Source.Name
			if !entry.Source.Enabled {
				advice = "Switch it on under Sources."
			}
		}
		why := strings.TrimSuffix(stream.RedactText(err.Error()), ".")
		var notYet *stream.NotYetError
		if errors.As(err, &notYet) {
			failed = append(failed, PreflightSource{Key: keys[i], Name: name, Error: fmt.Sprintf("%s: %s.", name, why), Advice: "Gridwall looks again by itself."})
			continue
		}
		failed = append(failed, PreflightSource{Key: keys[i], Name: name, Error: fmt.Sprintf("%s could not be read: %s.", name, why), Advice: advice})
	}
	return failed
}

// judge says what is wrong with a stream, and what can be done; both empty where it is ready.
func (a *API) judge(st stream.Stream) (problem, advice string) {
	name := st.Title
	if name == "" {
		name = "A feed of " + st.SiteName
	}
	switch {
	case st.Health == nil:
		return name + " could not be checked in time.", "Check again; Sources shows how its source fares."
	case !st.Health.Live:
		return whyDead(name, st.Health.Reason)
	}
	if lacking := a.unplayable(st.Health.Codecs); len(lacking) > 0 {
		return fmt.Sprintf("%s is coded in %s, which the browser here does not play.", name, strings.Join(lacking, " and ")),
			"Choose another feed of it, or open it in mpv or VLC."
	}
	return "", ""
}

// whyDead says in a sentence why a stream is dead: reason is what backend/extract's check found.
func whyDead(name, reason string) (problem, advice string) {
	answered := ""
	for _, part := range strings.Split(reason, ": ") {
		if rest, ok := strings.CutPrefix(part, "answered "); ok {
			answered = rest
		}
	}
	if answered == "" {
		return fmt.Sprintf("%s does not play: %s.", name, strings.TrimSuffix(reason, ".")), "Try its source under Sources: it shows each request."
	}
	switch advice = "Its CDN is in trouble; Gridwall looks again by itself."; {
	case strings.HasPrefix(answered, "401"), strings.HasPrefix(answered, "403"):
		advice = "It refuses the token or the headers: try its source under Sources, or see whether your account still holds."
	case strings.HasPrefix(answered, "404"), strings.HasPrefix(answered, "410"):
		advice = "It may come up with the session; Gridwall looks again by itself."
	case strings.HasPrefix(answered, "429"):
		advice = "It was asked too often: wait a little, or look less often under Settings."
	}
	return fmt.Sprintf("%s does not play: the CDN answers %s.", name, answered), advice
}

// verdict is a result in a few words.
func verdict(ready, feeds int) string {
	word := "feeds"
	if feeds == 1 {
		word = "feed"
	}
	switch {
	case feeds == 0:
		return "no feed is listed"
	case ready == feeds:
		return fmt.Sprintf("%d %s ready", ready, word)
	case ready == 0:
		return fmt.Sprintf("none of %d %s ready", feeds, word)
	}
	return fmt.Sprintf("%d of %d %s ready", ready, feeds, word)
}
