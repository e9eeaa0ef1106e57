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
	// keepAlive is how often a comment is sent on a quiet event stream, so that no proxy on the way closes it.
	keepAlive = 15 * time.Second
	// eventTimeout limits one write to an event stream. A client that does not read for so long is disconnected, and fetches
	// everything again after it reconnects.
	eventTimeout = 10 * time.Second
	// retryHint tells an EventSource how long to wait before it reconnects, in milliseconds.
	retryHint = 2000
)

// events streams the facade's events until the client disconnects or stops reading, or the server stops.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	sub := s.o.API.Subscribe()
	defer sub.Close()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // otherwise nginx would buffer events
	if r.Method == http.MethodHead {
		return
	}
	rc := http.NewResponseController(w)
	send := func(format string, args ...any) error {
		// Each write gets a new deadline: the stream as a whole has none.
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
		case s.guard.paired != nil && !s.guard.loggedIn(r):
			return // the user has removed the phone
		case s.guard.paired != nil && e.Type != api.EventScreens && e.Type != api.EventWalls:
			continue // of no interest to a remote
		case e.Order != nil && e.Order.Screen != r.URL.Query().Get("screen"):
			continue // a command for another screen
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

// errQuiet is returned by next if there was no event for keepAlive.
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
