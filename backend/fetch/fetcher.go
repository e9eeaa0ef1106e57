package fetch

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwall/backend/busyhosts"
	"gridwall/backend/cookies"
	"gridwall/backend/stream"
)

const (
	// MaxStreamUpstream bounds the upstream requests of one stream that are under way at once; more wait. It is a share of
	// maxUpstream: no viewer of one stream can take the places of all. maxLists of them are kept for playlists: segments
	// last for as long as their slowest reader.
	MaxStreamUpstream = 64
	maxLists          = maxBlocking + 8
	// maxBlocking bounds those among them that wait for a segment which is not there yet.
	maxBlocking = 16
)

// Services are what the fetchers of all streams share.
type Services struct {
	Streams Streams
	Client  *client
	Tasks   *tasks
	Log     *slog.Logger
}

// Fetcher fetches what belongs to one stream from its upstream, whatever becomes of its token. It knows no rendition.
type Fetcher struct {
	*Services
	ID      string
	cookies *cookies.FileJar
	// objects and lists hold a place for each upstream request of this stream that is under way, blocking for each of those
	// that the upstream answers when it likes.
	objects, lists, blocking chan struct{}
	loads                    singleflight.Group
	Ended                    atomic.Uint64 // the generation under which the source no longer lists the stream

	busy busyhosts.Table

	mu       sync.Mutex // innermost
	waits    map[string]*waited
	inherit  map[string]bool // hosts whose children need the parent's token parameters
	noted    bool            // inherit has a host that Inheriting has not returned yet
	pauses   map[string]pause
	paused   time.Time            // until when nothing is renewed that has no pause of its own
	had      map[string]uint64    // the newest generation under which media of a rendition was had
	renewing time.Duration        // how long the last renewal took
	works    uint64               // the newest generation of the token under which something was had
	ailing   map[string]time.Time // since when things fail
	faults   map[string]bool      // of the stream's playlists, by rendition, that were logged
}

// NewFetcher returns the fetcher of a stream.
func NewFetcher(s *Services, up stream.Upstream, id string) (*Fetcher, error) {
	f := &Fetcher{Services: s, ID: id, waits: map[string]*waited{}, inherit: map[string]bool{}, pauses: map[string]pause{},
		objects: make(chan struct{}, MaxStreamUpstream-maxLists), lists: make(chan struct{}, maxLists), blocking: make(chan struct{}, maxBlocking)}
	var err error
	if f.cookies, err = cookies.OpenFile(up.Cookies, up.Generation); err != nil {
		return nil, Failf(http.StatusBadGateway, "cookies_unreadable", "the source's cookies: %v", err)
	}
	return f, nil
}

// believeEnd records that the source no longer lists the stream: what its playlist says under this token is the end.
func (f *Fetcher) believeEnd(generation uint64) { f.Ended.Store(generation) }

// Streams says where a stream is fetched from, and renews its token. It is backend/refresh, seen from here.
type Streams interface {
	// Open is asked for each playback request. It keeps the stream active (activating it where activate is set).
	// stream.ErrUnknownStream: no extraction ever found the id.
	Open(ctx context.Context, id string, activate bool, viewer string) (stream.Upstream, error)
	// Current is where the stream is fetched from now.
	Current(id string) (stream.Upstream, error)
	// Renew asks for a newer token than the one that was refused, and waits for it. An error comes with the upstream
	// as it was.
	Renew(ctx context.Context, id string, r stream.Refusal) (stream.Upstream, error)
	// Expires is told when the permission ends that came with the stream's own playlist, in a cookie or in the URLs
	// of its renditions.
	Expires(id string, generation uint64, at time.Time)
}
