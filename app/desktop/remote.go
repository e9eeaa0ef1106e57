package desktop

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/desktop/link"
)

// Link connects this window to the program that another process runs; implemented by app/desktop/link.
type Link interface {
	Exchange(ctx context.Context, r link.Request) (link.Response, error)
	Follow(ctx context.Context, screen string, event func(json.RawMessage), connected func(up bool))
}

// errElsewhere is returned for what only the first window can do.
var errElsewhere = fault.Errorf(fault.CodeInvalid, "only Gridwall's first window can do this")

// Remote is what the page of a second window calls instead of Facade: requests to the API of the program in the first one.
type Remote struct {
	d    *Desktop
	mu   sync.Mutex
	stop context.CancelFunc // of the events that the page follows
}

// Exchange sends a request to the program's API. The status is 0 if the program does not answer.
func (r *Remote) Exchange(verb, path, body, ifMatch, ifNoneMatch string) link.Response {
	answer, err := r.d.o.Link.Exchange(r.d.latch.ctx, link.Request{Verb: verb, Path: path, Body: body, IfMatch: ifMatch, IfNoneMatch: ifNoneMatch})
	if err != nil {
		return link.Response{}
	}
	return answer
}

// Follow sends the program's events to the page, with the commands to its screen, until the window closes or it is called again.
func (r *Remote) Follow(screen string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.d.latch.ctx.Err() != nil {
		return
	}
	if r.stop != nil {
		r.stop()
	}
	ctx, stop := context.WithCancel(r.d.latch.ctx)
	r.stop = stop
	r.d.loops.Go(func() {
		defer stop()
		r.d.o.Link.Follow(ctx, screen,
			func(e json.RawMessage) { r.d.commands.event(EventName, e) },
			func(up bool) { r.d.commands.event(ConnectedName, up) })
	})
}

// elsewhere asks the program in the first window.
type elsewhere struct{ link Link }

// Settings returns the settings.
func (e elsewhere) Settings(ctx context.Context) (api.Settings, error) {
	return read[api.Settings](ctx, e.link, "/api/v1/settings")
}

// Streams returns the streams; with all, including those that failed their last check.
func (e elsewhere) Streams(ctx context.Context, all bool) (api.StreamList, error) {
	return read[api.StreamList](ctx, e.link, fmt.Sprintf("/api/v1/streams?all=%v", all))
}

// About describes the program.
func (e elsewhere) About(ctx context.Context) (api.About, error) {
	return read[api.About](ctx, e.link, "/api/v1/about")
}

// read fetches a document of the API.
func read[T any](ctx context.Context, l Link, path string) (out T, err error) {
	answer, err := l.Exchange(ctx, link.Request{Verb: http.MethodGet, Path: path})
	if err != nil {
		return out, err
	}
	if answer.Status != http.StatusOK {
		return out, fault.Errorf(fault.CodeInvalid, "the first window's program responds with %d to %s", answer.Status, path)
	}
	return out, json.Unmarshal([]byte(answer.Body), &out)
}
