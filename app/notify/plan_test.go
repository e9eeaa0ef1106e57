package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
)

var start = time.Date(2026, 11, 28, 18, 0, 0, 0, time.UTC)

var quarter = preferences{before: 15 * time.Minute, zone: time.FixedZone("AST", 3*60*60)}

func session(name string, at time.Time) api.Session {
	end := at.Add(time.Hour)
	return api.Session{Type: "qualifying", Name: name, Start: &at, End: &end, Status: "upcoming"}
}

func calendar(sessions ...api.Session) api.Schedule {
	return api.Schedule{Events: []api.RaceEvent{{ID: "f1-22", Name: "Qatar Grand Prix", Locality: "Lusail", Sessions: sessions}}}
}

func titles(messages []Message) []string {
	out := []string{}
	for _, m := range messages {
		out = append(out, m.Title)
	}
	return out
}

// sentAt returns the titles of the messages that are due at start + from.
func sentAt(m memory, s api.Schedule, from time.Duration, w preferences) []string {
	return titles(m.due(s, start.Add(from), w).messages)
}

func TestASessionIsAnnouncedOnceBeforeAndOnceAtItsStart(t *testing.T) {
	m, s := memory{}, calendar(session("Qualifying", start))
	assert.Empty(t, sentAt(m, s, -15*time.Minute-time.Second, quarter))
	p := m.due(s, start.Add(-15*time.Minute), quarter)
	messages, next := p.messages, p.next
	require.Len(t, messages, 1)
	assert.Equal(t, Message{
		Kind: Session, About: messages[0].About, Title: "Qualifying in 15 min", Body: "Qatar Grand Prix · Lusail · 21:00",
		Action: Action{Event: "f1-22", Session: "Qualifying"},
	}, messages[0])
	assert.Equal(t, start, next)
	assert.Empty(t, sentAt(m, s, -time.Minute, quarter))
	assert.Equal(t, []string{"Live now: Qualifying"}, sentAt(m, s, 0, quarter))
	assert.Empty(t, sentAt(m, s, 0, quarter))
	assert.Empty(t, sentAt(m, s, time.Minute, quarter))
}

func TestAfterALateStartOnlyUsefulMessagesAreSent(t *testing.T) {
	s := calendar(session("Qualifying", start))
	assert.Equal(t, []string{"Qualifying in 7 min"}, sentAt(memory{}, s, -7*time.Minute, quarter), "the message names the remaining time, not the setting")
	assert.Equal(t, []string{"Live now: Qualifying"}, sentAt(memory{}, s, late-time.Second, quarter))
	assert.Empty(t, sentAt(memory{}, s, late, quarter), "a session that started long ago")
	assert.Empty(t, sentAt(memory{}, s, 5*time.Hour, quarter))
}

func TestNoMessagesAreSentForSessionsThatTheMachineSleptThrough(t *testing.T) {
	m, s := memory{}, calendar(session("Practice 1", start), session("Practice 2", start.Add(4*time.Hour)), session("Qualifying", start.Add(24*time.Hour)))
	assert.Equal(t, []string{"Practice 1 in 15 min"}, sentAt(m, s, -15*time.Minute, quarter))
	// It slept through the start of one session and all of the next.
	assert.Equal(t, []string{"Live now: Qualifying"}, sentAt(m, s, 24*time.Hour+time.Minute, quarter))
}

func TestAMovedSessionIsAnnouncedAgain(t *testing.T) {
	m := memory{}
	assert.Len(t, sentAt(m, calendar(session("Race", start)), -10*time.Minute, quarter), 1)
	moved := calendar(session("Race", start.Add(2*time.Hour)))
	assert.Empty(t, sentAt(m, moved, 0, quarter))
	assert.Equal(t, []string{"Race in 15 min"}, sentAt(m, moved, 2*time.Hour-15*time.Minute, quarter))
	assert.Equal(t, []string{"Live now: Race"}, sentAt(m, moved, 2*time.Hour, quarter))
}

func TestCancelledAndUndatedSessionsAreNotAnnounced(t *testing.T) {
	off := session("Sprint", start)
	off.Status = "cancelled"
	assert.Empty(t, sentAt(memory{}, calendar(off, api.Session{Name: "Race", Status: "upcoming"}), 0, quarter))
}

func TestWithZeroMinutesBeforeOnlyTheStartIsAnnounced(t *testing.T) {
	m, s, w := memory{}, calendar(session("Race", start)), preferences{}
	p := m.due(s, start.Add(-time.Nanosecond), w)
	assert.Empty(t, p.messages)
	assert.Equal(t, start, p.next)
	messages := m.due(s, start, w).messages
	require.Len(t, messages, 1)
	assert.Equal(t, "Qatar Grand Prix · Lusail", messages[0].Body, "no clock time if the user's zone is unknown")
}

func TestSessionsWithTheSameNameAreAnnouncedSeparately(t *testing.T) {
	m := memory{}
	s := calendar(session("Heat", start), session("Heat", start.Add(10*time.Minute)))
	assert.Equal(t, []string{"Heat in 10 min"}, sentAt(m, s, -10*time.Minute, quarter))
	assert.Equal(t, []string{"Live now: Heat", "Heat in 10 min"}, sentAt(m, s, 0, quarter))
	assert.Empty(t, sentAt(m, s, time.Second, quarter))
	assert.Equal(t, []string{"Live now: Heat"}, sentAt(m, s, 10*time.Minute, quarter))
}

func TestPastSessionsAreForgotten(t *testing.T) {
	m := memory{}
	sentAt(m, calendar(session("Race", start)), 0, quarter)
	m.prune(start.Add(keep))
	assert.Len(t, m, 1)
	m.prune(start.Add(keep + time.Second))
	assert.Empty(t, m)
}

func TestTheMessageOfAFailingFeedSaysWhyAndWhatHappensNext(t *testing.T) {
	end := start.Add(14 * time.Minute)
	a := api.Active{ID: "81", Title: "Onboard 81", LastError: "Extractor returned no streams", ExpiresAt: &end}
	m := failing(a, quarter.zone)
	assert.Equal(t, "Onboard 81 can't be renewed", m.Title)
	assert.Equal(t, "Extractor returned no streams.\nIt keeps playing until its token expires at 21:14. Gridwall keeps trying; Sources shows what is wrong.", m.Body)
	assert.Equal(t, Action{Page: "sources"}, m.Action)

	a.Title = "On\x00board \u202e81\n"
	assert.Equal(t, "Onboard 81 can't be renewed", failing(a, nil).Title, "the bus disconnects a client that sends a zero byte")
	a.Title, a.LastError, a.ExpiresAt = strings.Repeat("x\n", 500), strings.Repeat("y", 500), nil
	m = failing(a, nil)
	assert.LessOrEqual(t, len([]rune(m.Title)), maxText)
	assert.Contains(t, m.Body, "until its token expires. Gridwall")
}

func TestASessionWithAnUncertainDateIsNotAnnounced(t *testing.T) {
	doubtful := session("Race", start)
	doubtful.InDoubt = true
	p := memory{}.due(calendar(doubtful), start, preferences{before: 15 * time.Minute, checks: []time.Duration{time.Hour}})
	assert.Equal(t, plan{}, p, "no message, no check, no opening")
}
