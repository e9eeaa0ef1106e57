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

// blockingStore is a database whose first Save blocks until release is closed.
type blockingStore struct {
	saved            []byte
	first            atomic.Bool
	entered, release chan struct{}
}

func (s *blockingStore) Load(string) ([]byte, error) { return nil, nil }

func (s *blockingStore) Save(_ string, record []byte) error {
	if !s.first.Swap(true) {
		close(s.entered)
		<-s.release
	}
	s.saved = record
	return nil
}

// A record that is saved while an older one is still being written must be written after it. Otherwise names and numbers would
// be lost on restart.
func TestAnOlderRecordDoesNotOverwriteANewerOne(t *testing.T) {
	db := &blockingStore{entered: make(chan struct{}), release: make(chan struct{})}
	f := &Stream{Fetcher: &fetch.Fetcher{Services: &fetch.Services{}, ID: "feed"}, shared: &shared{memory: db}, names: map[string]renditions.Description{"one": {}}, dirty: true}
	var older sync.WaitGroup
	older.Go(func() { assert.NoError(t, f.Save()) })
	<-db.entered
	f.mu.Lock()
	f.names, f.dirty = map[string]renditions.Description{"one": {}, "two": {}}, true
	f.mu.Unlock()
	time.AfterFunc(50*time.Millisecond, func() { close(db.release) })
	require.NoError(t, f.Save())
	older.Wait()
	assert.Contains(t, string(db.saved), `"two"`)
}
