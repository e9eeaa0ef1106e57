package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"gridwall/app/api"
	"gridwall/app/server/listen"
)

const (
	// maxLogin bounds the body of a login in bytes: anybody may send one.
	maxLogin = 4 << 10
	// bodyRoom bounds the bodies of all requests under way together, in bytes: two lists of the largest size. What is made
	// of a body takes several times its size. A request that finds no room waits bodyWait, and is then answered 429.
	bodyRoom = 2 * (api.MaxListBody + 1)
	bodyWait = 5 * time.Second
	// smallBody is up to how many bytes a body is never kept waiting.
	smallBody = 64 << 10
	// unreadWait is how long the rest of a body is thrown away after its request was refused; then the connection is reset.
	unreadWait = time.Second
)

// bodies reads the bodies of requests.
type bodies struct{ room *semaphore.Weighted }

func newBodies() *bodies { return &bodies{semaphore.NewWeighted(bodyRoom)} }

// timed gives each answer an end, which playback and events put off with each write, and each body one, before anybody decides whether its request may be answered: net/http reads on after a
// refusal, for as long as the client likes. Until a body was read to its end, its connection closes after the answer.
func timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		_ = rc.SetWriteDeadline(time.Now().Add(answerTimeout)) // only fails where there is no connection to bound
		if r.Body == nil || r.Body == http.NoBody {
			listen.Answering(r)
			next.ServeHTTP(w, r)
			return
		}
		_ = rc.SetReadDeadline(time.Now().Add(bodyTimeout))
		w.Header().Set("Connection", "close")
		body := &wholeBody{ReadCloser: r.Body}
		r.Body = body
		if !changes(r.Method) {
			r.Body = http.NoBody // nothing reads the body of a GET or HEAD
		}
		next.ServeHTTP(w, r)
		if !body.read {
			// A client that is still sending would miss the answer if the connection were reset.
			_ = rc.SetReadDeadline(time.Now().Add(unreadWait))
			_ = rc.Flush()
			_, _ = io.CopyN(io.Discard, body.ReadCloser, api.MaxListBody)
		}
	})
}

// wholeBody notes whether a body was read to its end.
type wholeBody struct {
	io.ReadCloser
	read bool
}

func (b *wholeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read = b.read || err == io.EOF
	return n, err
}

// bounded reads the bodies of all but playback and events: at most api.MaxBody bytes of JSON, or api.MaxListBody where an M3U
// list may be in it.
func (b *bodies) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, playPath) || r.URL.Path == eventsPath {
			next.ServeHTTP(w, r)
			return
		}
		release, err := b.readBody(w, r, http.NewResponseController(w))
		if err != nil {
			fail(w, err)
			return
		}
		defer release()
		next.ServeHTTP(w, r)
	})
}

// readBody reads the whole body, checks that it is JSON, and puts it back. It is read here, and not by each route,
// so that a deadline for reading never outlives the reading: net/http would take it for a client gone away. The caller
// releases the body's room.
func (b *bodies) readBody(w http.ResponseWriter, r *http.Request, rc *http.ResponseController) (release func(), err error) {
	if !changes(r.Method) || r.Body == nil || r.Body == http.NoBody {
		return func() {}, nil
	}
	most := int64(api.MaxBody)
	switch {
	case r.URL.Path == loginPath, r.URL.Path == logoutPath:
		most = maxLogin
	case strings.HasPrefix(r.URL.Path, "/api/v1/sources/"):
		most = api.MaxListBody
	}
	if r.ContentLength > most {
		return nil, errTooLarge(most)
	}
	weight := r.ContentLength + 1
	if r.ContentLength < 0 {
		weight = most + 1
	}
	if r.ContentLength >= 0 && r.ContentLength <= smallBody {
		weight = 0
	}
	wait, cancel := context.WithTimeout(r.Context(), bodyWait)
	defer cancel()
	if b.room.Acquire(wait, weight) != nil {
		return nil, &pauseError{api.Errorf(api.CodeTooMany, "too many large requests at once; try again in %s", bodyWait), bodyWait}
	}
	taken := func() { b.room.Release(weight) }
	defer func() {
		if err != nil {
			taken()
		}
	}()
	_ = rc.SetReadDeadline(time.Now().Add(bodyTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		var large *http.MaxBytesError
		var slow net.Error
		switch {
		case errors.As(err, &large):
			return nil, errTooLarge(most)
		case errors.As(err, &slow) && slow.Timeout():
			return nil, api.Errorf(api.CodeSlow, "the body did not arrive within %s", bodyTimeout)
		}
		return nil, api.Errorf(api.CodeBadRequest, "the body broke off")
	}
	_ = rc.SetReadDeadline(time.Time{})
	w.Header().Del("Connection")
	listen.Answering(r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	if len(body) == 0 {
		r.Body = http.NoBody
		return taken, nil
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, api.Errorf(api.CodeUnsupportedType, "send the body as JSON, with the header Content-Type: application/json")
	}
	if !json.Valid(body) {
		return nil, api.Errorf(api.CodeBadRequest, "the body is not JSON")
	}
	return taken, nil
}

func errTooLarge(most int64) error {
	return api.Errorf(api.CodeTooLarge, "the body is larger than %d bytes", most)
}
