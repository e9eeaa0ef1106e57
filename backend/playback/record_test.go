package playback

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/renditions"
)

// gatedShelf is a database that holds its first record until the gate opens.
type gatedShelf struct {
	saved         []byte
	first         atomic.Bool
	entered, gate chan struct{}
}

func (s *gatedShelf) Load(string) ([]byte, error) { return nil, nil }

func (s *gatedShelf) Save(_ string, record []byte) error {
	if !s.first.Swap(true) {
		close(s.entered)
		<-s.gate
	}
	s.saved = record
	return nil
}

// A record that is written while an older one still is must come after it: else names and numbers are lost with the process.
func TestAnOlderRecordDoesNotOverwriteANewerOne(t *testing.T) {
	db := &gatedShelf{entered: make(chan struct{}), gate: make(chan struct{})}
	f := &Stream{Fetcher: &fetch.Fetcher{Services: &fetch.Services{}, ID: "feed"}, shared: &shared{memory: db}, names: map[string]renditions.Description{"one": {}}, dirty: true}
	var older sync.WaitGroup
	older.Go(func() { assert.NoError(t, f.Save()) })
	<-db.entered
	f.mu.Lock()
	f.names, f.dirty = map[string]renditions.Description{"one": {}, "two": {}}, true
	f.mu.Unlock()
	time.AfterFunc(50*time.Millisecond, func() { close(db.gate) })
	require.NoError(t, f.Save())
	older.Wait()
	assert.Contains(t, string(db.saved), `"two"`)
}
