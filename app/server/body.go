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
	"unicode/utf8"

	"golang.org/x/sync/semaphore"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/server/listen"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
)

const (
	// maxLogin limits the body of a login in bytes: anybody may send one.
	maxLogin = 4 << 10
	// bodyRoom limits the total size of the bodies of concurrent requests, in bytes: two lists of the maximum size. Parsing a body
	// takes several times its size. A request that would exceed the limit waits for bodyWait, and then gets a 429.
	bodyRoom = 2 * (api.MaxListBody + 1)
	bodyWait = 5 * time.Second
	// smallBody is the size in bytes up to which a body never waits.
	smallBody = 64 << 10
	// unreadWait is how long the rest of a body is read and discarded after its request was refused; then the connection is reset.
	unreadWait = time.Second
)

// bodies reads the bodies of requests.
type bodies struct{ room *semaphore.Weighted }

func newBodies() *bodies { return &bodies{semaphore.NewWeighted(bodyRoom)} }

// withDeadlines sets deadlines for writing the response, which playback and events extend with each write, and for reading the
// body. It does so before the request is authorised, because net/http keeps reading after a refusal, for as long as the client
// likes. If the body was not read to its end, the connection closes after the response.
func withDeadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		_ = rc.SetWriteDeadline(time.Now().Add(answerTimeout)) // fails only without a connection
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
			// A client that is still sending would miss the response if the connection were reset.
			_ = rc.SetReadDeadline(time.Now().Add(unreadWait))
			_ = rc.Flush()
			_, _ = io.CopyN(io.Discard, body.ReadCloser, api.MaxListBody)
		}
	})
}

// wholeBody records whether a body was read to its end.
type wholeBody struct {
	io.ReadCloser
	read bool
}

func (b *wholeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read = b.read || err == io.EOF
	return n, err
}

// bounded reads the bodies of all requests except playback and events: at most api.MaxBody bytes of JSON, api.MaxListBody if
// it may contain an M3U list, or api.MaxOffsetsBody if it may be an export of offsets.
func (b *bodies) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, playPath) || r.URL.Path == rest.EventsPath {
			next.ServeHTTP(w, r)
			return
		}
		release, err := b.readBody(w, r, http.NewResponseController(w))
		if err != nil {
			reply.Fail(w, err)
			return
		}
		defer release()
		next.ServeHTTP(w, r)
	})
}

// readBody reads the whole body, checks that it is JSON in UTF-8, and replaces r.Body with it. Routes do not read bodies themselves, so
// that the read deadline can be removed afterwards: net/http would mistake it for a disconnected client. The caller calls
// release when the request is done.
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
	case r.URL.Path == "/api/v1/offsets":
		most = api.MaxOffsetsBody
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
		return nil, reply.Pause(fault.Errorf(fault.CodeTooMany, "too many large requests at once; try again in %s", bodyWait), bodyWait)
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
			return nil, fault.Errorf(fault.CodeSlow, "the body did not arrive within %s", bodyTimeout)
		}
		return nil, fault.Errorf(fault.CodeBadRequest, "the body is incomplete")
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
		return nil, fault.Errorf(fault.CodeUnsupportedType, "send the body as JSON, with the header Content-Type: application/json")
	}
	if !utf8.Valid(body) {
		return nil, fault.Errorf(fault.CodeBadRequest, "the body is not UTF-8; send JSON in UTF-8")
	}
	if !json.Valid(body) {
		return nil, fault.Errorf(fault.CodeBadRequest, "the body is not JSON")
	}
	return taken, nil
}

func errTooLarge(most int64) error {
	return fault.Errorf(fault.CodeTooLarge, "the body is larger than %d bytes", most)
}
