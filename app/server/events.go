package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gridwall/app/api"
)

const (
	// keepAlive is how often a comment is sent on a quiet event stream, so that nothing between takes it for dead.
	keepAlive = 15 * time.Second
	// eventTimeout bounds one write to an event stream: a client that does not read for so long is dropped, and
	// refetches when it comes back.
	eventTimeout = 10 * time.Second
	// retryHint tells an EventSource how long to wait before it comes back, in milliseconds.
	retryHint = 2000
)

// events streams the facade's events until the client goes, the server stops, or the client stops reading.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	sub := s.o.API.Subscribe()
	defer sub.Close()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx in between would hold events back
	if r.Method == http.MethodHead {
		return
	}
	rc := http.NewResponseController(w)
	send := func(format string, args ...any) error {
		// Each write lifts the deadline: the stream as a whole has none.
		if err := rc.SetWriteDeadline(time.Now().Add(eventTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return rc.Flush()
	}
	if send("retry: %d\n\n", retryHint) != nil {
		return
	}
	for {
		e, err := next(ctx, sub)
		switch {
		case errors.Is(err, errQuiet):
			err = send(": keep-alive\n\n")
		case err != nil:
			return
		default:
			var data []byte
			if data, err = json.Marshal(e); err == nil {
				err = send("id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, data)
			}
		}
		if err != nil {
			return
		}
	}
}

// errQuiet says that nothing happened for keepAlive.
var errQuiet = errors.New("nothing happened")

func next(ctx context.Context, sub *api.Subscription) (api.Event, error) {
	wait, cancel := context.WithTimeoutCause(ctx, keepAlive, errQuiet)
	defer cancel()
	e, err := sub.Next(wait)
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(wait), errQuiet) {
		return e, errQuiet
	}
	return e, err
}
