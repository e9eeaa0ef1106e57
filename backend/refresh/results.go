package refresh

import (
	"errors"
	"fmt"
	"strings"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

const (
	// noticeAfter is how many renewals of a stream must fail in a row before the user gets a notice.
	noticeAfter = 3
	// maxErrorText bounds the text of an error, in runes.
	maxErrorText = 300
)

// notice is a call of Options.Notice, made after the lock is released.
type notice struct{ kind, message, id string }

// take applies the result of a run, no matter who requested it. It is the only place where URLs change. A failure changes no
// URL.
func (m *Manager) take(res runs.Result) {
	var ids []string
	var notices []notice
	var sampled []string
	var notYet *stream.NotYetError
	m.mu.Lock()
	switch {
	case errors.As(res.Err, &notYet):
		ids = m.notYet(res.Key, failure(res.Key, notYet).Text)
	case res.Err != nil:
		ids, notices = m.failed(res.Key, failure(res.Key, res.Err).Text)
	default:
		ids, notices, sampled = m.succeeded(res)
	}
	m.mu.Unlock()

	switch {
	case notYet != nil:
		m.log.Info("not begun yet", "source", res.Key, "says", oneLine(notYet), "active", len(ids))
	case res.Err != nil:
		m.log.Warn("no fresh URLs", "source", res.Key, "reason", res.Reason(), "error", failure(res.Key, res.Err).Text, "active", len(ids))
	}
	m.save(ids...)
	m.saveLifetimes(sampled)
	for _, n := range notices {
		m.o.Notice(n.kind, n.message, n.id)
	}
	if len(ids) > 0 {
		m.o.OnChange()
	}
	m.poke()
}

// failed records a failure of the whole source. The lock is held.
func (m *Manager) failed(siteKey, text string) (ids []string, notices []notice) {
	for _, e := range m.active {
		if e.siteKey == siteKey {
			ids = append(ids, e.id)
			notices = append(notices, e.fail(text)...)
		}
	}
	return ids, notices
}

// notYet records that a source's stream has not begun. That is not a failure: nothing backs off, the user gets no notice, and
// the source runs again when the stream begins, or after the interval. The lock is held.
func (m *Manager) notYet(siteKey, text string) (ids []string) {
	for _, e := range m.active {
		if e.siteKey == siteKey {
			e.active.lastError = text
			ids = append(ids, e.id)
		}
	}
	return ids
}

// fail records a failed renewal of an active stream. The lock is held.
func (e *entry) fail(text string) []notice {
	a := e.active
	a.lastError = text
	if a.failures++; a.failures != noticeAfter {
		return nil
	}
	return []notice{{NoticeFailing, fmt.Sprintf("%s cannot be renewed, it keeps playing until its token expires: %s", e.name(), text), e.id}}
}

func (e *entry) name() string {
	return strings.TrimSpace(e.title + " " + e.quality)
}

// succeeded applies the fresh streams of a run. sampled are the hosts whose observed lifetimes changed. The lock is held.
func (m *Manager) succeeded(res runs.Result) (ids []string, notices []notice, sampled []string) {
	now, at, renewal := m.now(), wall(res.At), res.Renews()
	byID := make(map[string]*stream.Stream, len(res.Streams))
	for i := range res.Streams {
		byID[res.Streams[i].ID] = &res.Streams[i]
	}
	ahead := map[string]bool{} // hosts whose observed lifetimes were the only reason for this run
	grown := false
	for _, e := range m.entries {
		if e.siteKey != res.Key {
			continue
		}
		waited := e.waited
		if renewal {
			e.waited = false
		}
		st := byID[e.id]
		if e.missed != (st == nil) {
			e.missed = st == nil
			e.backoff, e.refusals = runs.Backoff{}, runs.Backoff{}
		}
		if st == nil {
			e.backoff.Fail(now)
			if waited && renewal {
				e.refusals.Fail(now)
			}
			if e.active != nil {
				ids = append(ids, e.id)
				notices = append(notices, e.fail(noMatch().Text)...)
			}
			continue
		}
		if a := e.active; a != nil {
			if a.lastError != "" {
				// Listed again, with a new URL or the old one: clear the error.
				a.lastError = ""
				ids = append(ids, e.id)
			}
			if a.failures >= noticeAfter {
				notices = append(notices, notice{NoticeRenewed, e.name() + " can be renewed again", e.id})
			}
			a.failures = 0
		}
		e.title, e.quality = st.Title, st.Quality
		if !renewal && (!e.differs(st.URL, st.Headers) || at.Before(e.arrivedAt)) {
			continue // nothing new, or older than the current token
		}
		sampled = append(sampled, m.takeSample(e, st.URL, ahead)...)
		e.adopt(st.URL, st.Headers, at)
		grown = true
		if a := e.active; a != nil {
			a.refreshes++
			a.refreshedAt = at
			ids = append(ids, e.id)
		}
		m.backOffShort(e)
	}
	for host := range ahead {
		if m.lifetimes[host].renewedAhead() {
			sampled = append(sampled, host)
		}
	}
	if grown {
		m.announce()
	}
	return ids, notices, sampled
}

// backOffShort backs off from renewing tokens that are due on arrival. The lock is held.
func (m *Manager) backOffShort(e *entry) {
	due := m.due(e)
	switch {
	case due.Before(m.now().Add(runs.MinGap)) && due.Before(e.arrivedAt.Add(m.o.Interval)):
		e.short.Fail(m.now())
	case !e.shortReport:
		e.short = runs.Backoff{}
	}
	e.shortReport = false
}

// takeSample adds the age of the refused token that is about to be replaced to the observed lifetimes of its host, and returns
// the host if it did. A host whose observed lifetimes were the only reason for the renewal is added to ahead. The lock is held.
func (m *Manager) takeSample(e *entry, url string, ahead map[string]bool) []string {
	if e.host == "" {
		return nil
	}
	if e.sample > 0 && e.url != url {
		l := m.lifetimes[e.host]
		if l == nil && len(m.lifetimes) >= maxHosts {
			return nil
		}
		if l == nil {
			l = &lifetimes{}
			m.lifetimes[e.host] = l
		}
		l.add(e.sample)
		delete(ahead, e.host)
		return []string{e.host}
	}
	if e.active != nil && e.sample == 0 && e.expires().IsZero() && m.lifetimes[e.host].expected() > 0 &&
		!m.now().Before(m.due(e)) && m.now().Before(e.arrivedAt.Add(m.o.Interval)) {
		ahead[e.host] = true
	}
	return nil
}

// failure returns an extraction's error as one of the last_error texts.
func failure(siteKey string, err error) *RenewError {
	switch {
	case errors.Is(err, stream.ErrNoStreams):
		return &RenewError{Text: "Extractor returned no streams", Err: stream.ErrNoStreams}
	case errors.Is(err, stream.ErrNoExtractor), errors.Is(err, stream.ErrUnknownSource):
		return &RenewError{Text: fmt.Sprintf("Extractor '%s' not found", siteKey), Err: stream.ErrNoExtractor}
	}
	var notYet *stream.NotYetError
	if errors.As(err, &notYet) {
		return &RenewError{Text: "Extraction failed: " + oneLine(notYet), Err: notYet}
	}
	return &RenewError{Text: "Extraction failed: " + oneLine(err)}
}

// oneLine returns an error's text as one bounded line without tokens.
func oneLine(err error) string {
	return stream.Truncate(stream.OneLine(err), maxErrorText)
}
