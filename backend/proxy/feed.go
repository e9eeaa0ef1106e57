package proxy

import (
	"sync"
	"sync/atomic"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/httpclient"
	"gridwall/backend/renditions"
)

// feed is one stream as this process serves it: what stands at its URL, and its renditions.
type feed struct {
	*fetcher
	assets *assets.Table
	used   atomic.Int64 // when it was last asked for, in Unix nanoseconds
	// naming is held while names are given: that takes its time for a long list, and the feed goes on meanwhile.
	naming sync.Mutex
	saving sync.Mutex // held while the feed's record is written

	mu         sync.Mutex // taken before the fetcher's
	master     *master
	renditions map[string]*rendition
	names      map[string]renditions.Description
	namedAll   namedAll
	faults     map[string]bool // of its playlists, by rendition, that were logged
	fetched    time.Time       // when a player last asked for media
	standing   standing
	dirty      bool // something changed that is to outlive the process
	urgent     bool // and it cannot be found out again
	trimmed    bool // it was logged that not all of it fits into the record
}

// namedAll is when, and under which generation, all known playlists were last written for what they name.
type namedAll struct {
	at         time.Time
	generation uint64
}

func (p *Proxy) newFeed(id string) (*feed, error) {
	up, err := p.streams.Current(id)
	if err != nil {
		return nil, err
	}
	f := &feed{renditions: map[string]*rendition{}, names: map[string]renditions.Description{}, assets: assets.New(httpclient.Resolve)}
	f.use()
	if f.fetcher, err = newFetcher(&p.services, up, id, f); err != nil {
		return nil, err
	}
	raw, err := p.memory.Load(id)
	if err == nil && len(raw) > 0 {
		err = f.restore(raw)
	}
	if err != nil {
		p.log.Error("what was known of a feed cannot be read; its names and numbers are given again", "stream", id, "err", err)
	}
	return f, nil
}

// touch marks the feed's record as changed.
func (f *feed) touch(urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirty, f.urgent = true, f.urgent || urgent
}

// unsaved tells what waits to be written.
func (f *feed) unsaved() (dirty, urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirty, f.urgent
}

func (f *feed) use() { f.used.Store(time.Now().UnixNano()) }

func (f *feed) lastUsed() time.Time { return time.Unix(0, f.used.Load()) }

func (f *feed) rendition(name string) *rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.renditionLocked(name)
}

func (f *feed) renditionLocked(name string) *rendition {
	r := f.renditions[name]
	if r == nil {
		r = newRendition(f, name)
		f.renditions[name] = r
	}
	return r
}
