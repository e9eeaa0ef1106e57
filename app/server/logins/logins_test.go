package logins

import (
	"encoding/json"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheMemoryOfTheThrottleIsBounded(t *testing.T) {
	th := NewThrottle()
	for i := range maxAddresses + 300 {
		th.Failed(strconv.Itoa(i), "x", false)
	}
	assert.LessOrEqual(t, len(th.addrs), maxAddresses)
	for i := range maxHolders + 300 {
		th.Accepted(strconv.Itoa(i), "x")
	}
	assert.LessOrEqual(t, len(th.holders), maxHolders)
	for i := range 1000 {
		th.Failed("one", strconv.Itoa(i), false)
	}
	assert.LessOrEqual(t, len(th.addrs["one"].seen), 2*FreeTries)
	assert.Equal(t, longestPause, th.Failed("one", "y", false))
}

// memory is a Store in memory.
type memory struct{ doc []byte }

func (m *memory) Load() ([]byte, error) { return m.doc, nil }
func (m *memory) Save(doc []byte) error { m.doc = doc; return nil }

func TestALoginSurvivesARestartButNotANewToken(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	var db memory
	s := NewSessions("token", &db, log)
	name := s.Begin()
	assert.NotEqual(t, name, s.Begin(), "each login has another name")
	assert.NotContains(t, string(db.doc), name)
	assert.NotContains(t, string(db.doc), `"token":"token"`)
	assert.True(t, NewSessions("token", &db, log).Valid(name))
	assert.False(t, NewSessions("another", &db, log).Valid(name))
	assert.False(t, s.Valid(""))

	s.End(name)
	assert.False(t, s.Valid(name), "it was logged out")
	assert.False(t, NewSessions("token", &db, log).Valid(name))

	name = s.Begin()
	s.now = func() time.Time { return time.Now().Add(Lifetime) }
	assert.False(t, s.Valid(name), "it expires")
	for range maxSessions + 10 {
		s.ends[strconv.Itoa(len(s.ends))] = time.Now().Add(2 * Lifetime)
	}
	s.Begin()
	var kept sessionRecord
	require.NoError(t, json.Unmarshal(db.doc, &kept))
	assert.LessOrEqual(t, len(kept.Sessions), maxSessions+10)
	db.doc = []byte("{")
	assert.False(t, NewSessions("token", &db, log).Valid(name), "with a damaged record, users only have to log in again")
}
