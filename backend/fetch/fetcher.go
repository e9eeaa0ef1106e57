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
	// MaxStreamUpstream bounds the concurrent upstream requests of one stream; more wait. It is a share of maxUpstream, so that
	// the viewers of one stream cannot take all slots. maxLists of them are reserved for playlists, because a segment request
	// lasts as long as its slowest reader.
	MaxStreamUpstream = 64
	maxLists          = maxBlocking + 8
	// maxBlocking bounds the playlist requests that wait for a segment that does not exist yet.
	maxBlocking = 16
)

// Services is shared by the fetchers of all streams.
type Services struct {
	Streams Streams
	Client  *client
	Tasks   *tasks
	Log     *slog.Logger
}

// Fetcher fetches the playlists and objects of one stream from its upstream, and recovers when the token expires. It does not
// know the stream's renditions.
type Fetcher struct {
	*Services
	ID      string
	cookies *cookies.FileJar
	// objects and lists hold a slot for each running upstream request of this stream, blocking one for each of those whose
	// answer the upstream may delay.
	objects, lists, blocking chan struct{}
	loads                    singleflight.Group
	Ended                    atomic.Uint64 // the generation under which the source no longer lists the stream

	busy busyhosts.Table

	mu             sync.Mutex // innermost
	waits          map[string]*waited
	inherit        map[string]bool // hosts whose children need the parent's token parameters
	inheritChanged bool            // inherit has a host that Inheriting has not returned yet
	pauses         map[string]pause
	paused         time.Time            // end of the pause of all keys that have none of their own
	fetched        map[string]uint64    // by subject, the newest generation under which its media were fetched
	renewing       time.Duration        // how long the last renewal took
	works          uint64               // the newest generation of the token under which a request succeeded
	failing        map[string]time.Time // by subject, since when its requests fail
	faults         map[string]bool      // the logged faults of the stream's playlists, by rendition
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

// confirmEnd records that the source no longer lists the stream: an end in a playlist under this token is real.
func (f *Fetcher) confirmEnd(generation uint64) { f.Ended.Store(generation) }

// Streams returns a stream's URL and renews its token. backend/refresh implements it.
type Streams interface {
	// Open is called for each playback request. It keeps the stream active, and activates it if activate is set. The error for
	// an id that no extraction ever found is stream.ErrUnknownStream.
	Open(ctx context.Context, id string, activate bool, viewer string) (stream.Upstream, error)
	// Current returns the stream's current URL and how to fetch it.
	Current(id string) (stream.Upstream, error)
	// Renew requests a newer token than the refused one, and waits for it. An error comes with the unchanged upstream.
	Renew(ctx context.Context, id string, r stream.Refusal) (stream.Upstream, error)
	// Expires reports the expiry of the tokens that came with the stream's own playlist, in a cookie or in the URLs of its
	// renditions.
	Expires(id string, generation uint64, at time.Time)
}
