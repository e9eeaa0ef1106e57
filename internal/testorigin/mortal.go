package testorigin

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"time"
)

// Mortal serves an origin until it is killed. It knows which segments it has listed and sent.
type Mortal struct {
	origin http.Handler

	mu     sync.Mutex
	listed map[string]string // the path of the last address in each media playlist
	sent   map[string]bool   // the paths that were sent whole
	dead   bool
}

// NewMortal returns a handler that serves origin.
func NewMortal(origin http.Handler) *Mortal {
	return &Mortal{origin: origin, listed: map[string]string{}, sent: map[string]bool{}}
}

// ServeHTTP implements http.Handler.
func (m *Mortal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, ".m3u8") {
		m.origin.ServeHTTP(w, r)
		m.mu.Lock()
		m.sent[r.URL.Path] = true
		m.mu.Unlock()
		return
	}
	res := httptest.NewRecorder()
	m.origin.ServeHTTP(res, r)
	m.list(r.URL.Path, res.Body.String())
	for name, values := range res.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(res.Code)
	_, _ = w.Write(res.Body.Bytes())
}

// list records the last segment of a playlist before it is sent.
func (m *Mortal) list(playlist, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		panic(http.ErrAbortHandler)
	}
	if !strings.Contains(text, "#EXTINF") {
		return
	}
	for line := range strings.Lines(text) {
		if uri := strings.TrimSpace(line); uri != "" && uri[0] != '#' {
			uri, _, _ = strings.Cut(uri, "?")
			m.listed[playlist] = path.Join(path.Dir(playlist), uri)
		}
	}
}

// Die waits, for so long at most, until everything that was listed has been sent, and sends no playlist from then on: a player would
// miss a segment that was listed and not sent. The caller closes the server then.
func (m *Mortal) Die(patience time.Duration) error {
	for end := time.Now().Add(patience); !m.settled(); {
		if time.Now().After(end) {
			return errors.New("a segment that was listed has not been asked for")
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func (m *Mortal) settled() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, segment := range m.listed {
		if !m.sent[segment] {
			return false
		}
	}
	m.dead = true
	return true
}
