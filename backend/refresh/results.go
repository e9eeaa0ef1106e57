package refresh

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gridwall/backend/stream"
)

const (
	// noticeAfter is how many renewals of a stream must fail in a row before a notice says so.
	noticeAfter = 3
	// maxErrorText bounds the text of an error, in runes.
	maxErrorText = 300
)

// notice is a call of Options.Notice that waits until the lock is released.
type notice struct{ kind, message, id string }

// Extracted takes the result of an extraction of a source, no matter who asked for it: the source's streams with their ids,
// or why there are none, and when the extraction was run. It is the one path by which URLs change. A failure changes
// no URL.
func (m *Manager) Extracted(siteKey string, fresh []stream.Stream, err error, at time.Time) {
	if err == nil && len(fresh) == 0 {
		err = stream.ErrNoStreams
	}
	if at.IsZero() {
		at = m.o.Wall()
	}
	at = wall(at)
	m.mu.Lock()
	s := m.source(siteKey)
	ours := s.flight != nil && s.flight.running
	if errors.Is(err, context.Canceled) && (!ours || m.runs.Err() != nil) {
		m.mu.Unlock()
		return // the one who asked for the extraction left, or the program ends: that says nothing about the source
	}
	var begun time.Time
	var refused map[*entry]bool
	if ours {
		// From here on the flight brings nothing newer: who is refused now needs another one.
		begun, refused = s.flight.begun, s.flight.refused
		s.flight.heard = true
		s.landing, s.flight = s.flight.done, nil
	}
	var ids []string
	var notices []notice
	var learned []string
	var notYet *stream.NotYetError
	switch {
	case errors.As(err, &notYet):
		ids = m.waits(s, notYet)
	case err != nil:
		ids, notices = m.failed(s, err)
	default:
		if ours {
			s.measure(time.Since(begun))
		}
		ids, notices, learned = m.succeeded(s, fresh, ours, refused, at)
	}
	m.mu.Unlock()

	switch {
	case notYet != nil:
		m.log.Info("not begun yet", "source", siteKey, "says", oneLine(notYet), "active", len(ids))
	case err != nil:
		m.log.Warn("no fresh URLs", "source", siteKey, "error", failure(siteKey, err).Text, "active", len(ids))
	}
	m.save(ids...)
	m.saveLives(learned)
	for _, n := range notices {
		m.o.Notice(n.kind, n.message, n.id)
	}
	if len(ids) > 0 {
		m.o.OnChange()
	}
	m.poke()
}

// measure takes how long a run took into the moving average.
func (s *source) measure(took time.Duration) {
	if s.took == 0 {
		s.took = took
		return
	}
	s.took += (took - s.took) / 2
}

// failed takes a failure of the whole source. The lock is held.
func (m *Manager) failed(s *source, err error) (ids []string, notices []notice) {
	s.failures++
	s.lastErr = failure(s.key, err)
	now := m.now()
	longest := backoffMax
	for _, e := range m.active {
		if e.siteKey == s.key && m.tooOld(e, now) {
			longest = backoffUrgent
		}
	}
	s.hold.fail(now, longest)
	for _, e := range m.active {
		if e.siteKey == s.key {
			ids = append(ids, e.id)
			notices = append(notices, e.fail(s.lastErr.Text)...)
		}
	}
	return ids, notices
}

// waits takes the word of a source that has not begun. That is a calm state: nothing backs off, no notice is given, and
// the source runs again when it begins, or after the interval. The lock is held.
func (m *Manager) waits(s *source, notYet *stream.NotYetError) (ids []string) {
	now := m.now()
	s.failures, s.lastErr = 0, failure(s.key, notYet)
	s.hold.reset()
	s.notYet = now.Add(notYetPause)
	s.hold.until = later(s.notYet, now.Add(m.o.Interval))
	if !notYet.At.IsZero() {
		s.hold.until = later(s.notYet, earlier(s.hold.until, wall(notYet.At)))
	}
	for _, e := range m.active {
		if e.siteKey == s.key {
			e.watch.lastError = s.lastErr.Text
			ids = append(ids, e.id)
		}
	}
	return ids
}

// fail notes a failed renewal of an active stream. The lock is held.
func (e *entry) fail(text string) []notice {
	w := e.watch
	w.lastError = text
	if w.failures++; w.failures != noticeAfter {
		return nil
	}
	return []notice{{NoticeFailing, fmt.Sprintf("%s cannot be renewed, it plays on until its token ends: %s", e.name(), text), e.id}}
}

func (e *entry) name() string {
	return strings.TrimSpace(e.title + " " + e.quality)
}

// succeeded takes fresh streams. The lock is held.
func (m *Manager) succeeded(s *source, fresh []stream.Stream, ours bool, refused map[*entry]bool, at time.Time) (ids []string, notices []notice, learned []string) {
	s.failures, s.lastErr = 0, nil
	s.hold.reset()
	s.notYet = time.Time{}
	byID := make(map[string]*stream.Stream, len(fresh))
	for i := range fresh {
		byID[fresh[i].ID] = &fresh[i]
	}
	hosts := map[string]bool{} // whose learned life called for this run
	grown := false
	for _, e := range m.entries {
		if e.siteKey != s.key {
			continue
		}
		st := byID[e.id]
		if st == nil {
			if !e.missed {
				e.hold.reset()
				e.asked.reset()
			}
			e.missed = true
			e.hold.fail(m.now(), max(m.o.Interval, backoffMax))
			if refused[e] {
				e.asked.fail(m.now(), max(m.o.Interval, backoffMax))
			}
			if e.watch != nil {
				ids = append(ids, e.id)
				notices = append(notices, e.fail(noMatch().Text)...)
			}
			continue
		}
		differs := e.differs(st.URL, st.Headers)
		if e.missed {
			e.missed = false
			e.hold.reset()
			e.asked.reset()
		}
		if e.watch != nil && e.watch.lastError != "" {
			// Listed again, be its URL a new one or not: the error is over.
			e.watch.lastError = ""
			ids = append(ids, e.id)
		}
		if w := e.watch; w != nil {
			if w.failures >= noticeAfter {
				notices = append(notices, notice{NoticeRenewed, e.name() + " can be renewed again", e.id})
			}
			w.failures = 0
		}
		e.title, e.quality = st.Title, st.Quality
		if !ours && (!differs || at.Before(e.cameAt)) {
			continue // a plain extraction that brought nothing new, or was overtaken by a newer one
		}
		learned = append(learned, m.lesson(e, st.URL, hosts)...)
		e.adopt(st.URL, st.Headers, at)
		grown = true
		if w := e.watch; w != nil {
			w.refreshes++
			w.refreshedAt = at
			ids = append(ids, e.id)
		}
		m.guard(e)
	}
	for host := range hosts {
		if m.lives[host].doubt() {
			learned = append(learned, host)
		}
	}
	if grown {
		m.announce()
	}
	return ids, notices, learned
}

// guard sees to it that a token that is due as soon as it comes does not make the schedule spin. The lock is held.
func (m *Manager) guard(e *entry) {
	due := m.due(e)
	switch {
	case due.Before(m.now().Add(minGap)) && due.Before(e.cameAt.Add(m.o.Interval)):
		e.short.fail(m.now(), backoffMax)
	case !e.shortReport:
		e.short.reset()
	}
	e.shortReport = false
}

// lesson learns what the token that is about to be replaced teaches of its host, and returns the host if it did; a
// host whose learned life alone called for the renewal is noted in ahead. The lock is held.
func (m *Manager) lesson(e *entry, url string, ahead map[string]bool) []string {
	if e.host == "" {
		return nil
	}
	if e.lesson > 0 && e.url != url {
		l := m.lives[e.host]
		if l == nil && len(m.lives) >= maxHosts {
			return nil
		}
		if l == nil {
			l = &life{}
			m.lives[e.host] = l
		}
		l.learn(e.lesson)
		delete(ahead, e.host)
		return []string{e.host}
	}
	if e.watch != nil && e.lesson == 0 && e.expires().IsZero() && m.lives[e.host].expected() > 0 &&
		!m.now().Before(m.due(e)) && m.now().Before(e.cameAt.Add(m.o.Interval)) {
		ahead[e.host] = true
	}
	return nil
}

// failure puts an extraction's error into the words of last_error.
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

// oneLine returns an error's text without tokens, fit to be shown.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(stream.RedactText(err.Error())), " ")
	if r := []rune(text); len(r) > maxErrorText {
		text = string(r[:maxErrorText-1]) + "…"
	}
	return text
}
