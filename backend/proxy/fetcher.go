package proxy

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwall/backend/httpclient"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// maxFeedUpstream bounds the upstream requests of one stream that are under way at once; more wait. It is a share of
	// maxUpstream: no viewer of one stream can take the places of all. maxLists of them are kept for playlists: segments
	// last for as long as their slowest reader.
	maxFeedUpstream = 64
	maxLists        = maxBlocking + 8
	// maxBlocking bounds those among them that wait for a segment which is not there yet.
	maxBlocking = 16
)

// services are what all streams share.
type services struct {
	streams Streams
	memory  Memory
	client  *client
	store   *objects.Store
	files   *objects.Files
	tasks   tasks
	log     *slog.Logger
	// prefetches holds a place for each segment that is fetched ahead.
	prefetches chan struct{}
	age        func(*timeline.Snapshot) time.Duration // playlistAge, but for tests
}

// fetcher fetches what belongs to one stream from its upstream, whatever becomes of its token. It knows no rendition.
type fetcher struct {
	*services
	id      string
	cookies *httpclient.FileJar
	stream  served
	// objects and lists hold a place for each upstream request of this stream that is under way, blocking for each of those
	// that the upstream answers when it likes.
	objects, lists, blocking chan struct{}
	loads                    singleflight.Group
	ended                    atomic.Uint64 // the generation under which the source no longer lists the stream

	mu       sync.Mutex // innermost: nothing of the stream is called with it held
	waits    map[string]*waited
	inherit  map[string]bool // hosts whose children need the parent's token parameters
	pauses   map[string]pause
	paused   time.Time         // until when nothing is renewed that has no pause of its own
	had      map[string]uint64 // the newest generation under which media of a rendition was had
	renewing time.Duration     // how long the last renewal took
	coolings coolings
	works    uint64 // the newest generation of the token under which something was had
	ailing   map[string]time.Time
}

// served is the stream that a fetcher fetches for.
type served interface {
	// established returns media of a rendition that a token of this generation should open, at least behind segments older
	// than the newest one.
	established(rendition string, generation uint64, behind int64) []entry
	// touch marks the stream's record as changed.
	touch(urgent bool)
}

func newFetcher(s *services, up stream.Upstream, id string, of served) (*fetcher, error) {
	f := &fetcher{services: s, id: id, stream: of, waits: map[string]*waited{}, inherit: map[string]bool{}, pauses: map[string]pause{},
		objects: make(chan struct{}, maxFeedUpstream-maxLists), lists: make(chan struct{}, maxLists), blocking: make(chan struct{}, maxBlocking)}
	var err error
	if f.cookies, err = httpclient.OpenFileJar(up.Cookies, up.Generation); err != nil {
		return nil, failf(http.StatusBadGateway, "cookies_unreadable", "the source's cookies: %v", err)
	}
	return f, nil
}

// believeEnd records that the source no longer lists the stream: what its playlist says under this token is the end.
func (f *fetcher) believeEnd(generation uint64) { f.ended.Store(generation) }

// inheriting returns the hosts whose children need the parent's token parameters.
func (f *fetcher) inheriting() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.inherit))
}
