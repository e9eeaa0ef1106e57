package testkind

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridwall/backend/extract"
)

// page is a web page that sites answer instead of the requested data.
const page = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Please log in. token=" + secret + "</body></html>\n"

// site is a real server with every way to answer badly.
type site struct {
	server        *httptest.Server
	url           string
	begin, repeat string
	sent, private atomic.Int64
	quit          chan struct{}

	mu   sync.Mutex
	good Answer
}

func newSite(t *testing.T) *site {
	s := &site{quit: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		a := s.good
		s.mu.Unlock()
		if a.ContentType != "" {
			w.Header().Set("Content-Type", a.ContentType)
		}
		fmt.Fprint(w, strings.ReplaceAll(a.Body, "{base}", s.url))
	})
	mux.HandleFunc("/html", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, page) })
	mux.HandleFunc("/500", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	mux.HandleFunc("/403", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, page)
	})
	mux.HandleFunc("/noise", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("\x00\x01\xfe\xff" + secret + "\x89PNG"))
	})
	mux.HandleFunc("/nothing", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/loop", s.redirect("/pool"))
	mux.HandleFunc("/pool", s.redirect("/loop"))
	mux.HandleFunc("/on/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		s.redirect(fmt.Sprintf("/on/%d", n+1))(w, r)
	})
	mux.HandleFunc("/to-file", s.redirect("file:///etc/passwd"))
	mux.HandleFunc("/to-broken", s.redirect("http://[::1/%zz"))
	mux.HandleFunc("/to-private", func(w http.ResponseWriter, r *http.Request) { s.redirect(s.url+"/private")(w, r) })
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) { s.private.Add(1) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) { s.huge(w) })
	mux.HandleFunc("/huge-declared", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(hugeAnswer))
		s.huge(w)
	})
	mux.HandleFunc("/huge-gzip", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		defer z.Close()
		s.huge(z)
	})
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) { s.wait(r) })
	mux.HandleFunc("/hang-body", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, s.begin)
		w.(http.Flusher).Flush()
		s.wait(r)
	})
	mux.HandleFunc("/drip", s.drip)
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		fmt.Fprint(w, s.begin, s.repeat)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	s.server = httptest.NewServer(mux)
	s.url = s.server.URL
	return s
}

func (s *site) close() {
	close(s.quit)
	s.server.Close()
}

func (s *site) body(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good = a
}

// redirect redirects to the target, including the token.
func (s *site) redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to+"?token="+secret)
		w.WriteHeader(http.StatusFound)
	}
}

// huge writes until the client disconnects or the answer is complete.
func (s *site) huge(w interface{ Write([]byte) (int, error) }) {
	s.sent.Store(0)
	chunk := []byte(strings.Repeat(s.repeat, 1+(64<<10)/len(s.repeat)))
	if _, err := w.Write([]byte(s.begin)); err != nil {
		return
	}
	for s.sent.Load() < hugeAnswer {
		n, err := w.Write(chunk)
		s.sent.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// drip writes a little now and then, for ever.
func (s *site) drip(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, s.begin)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprint(w, s.repeat)
		w.(http.Flusher).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-s.quit:
			return
		}
	}
}

func (s *site) wait(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.quit:
	}
}

// asPublic gives transports under which the site is http://public.test, a host of the public internet; everything
// else goes through the guard.
func (s *site) asPublic(guarded extract.Transports) extract.Transports { return publicSite{s, guarded} }

type publicSite struct {
	site    *site
	guarded extract.Transports
}

func (p publicSite) Transport(allowPrivate bool, proxy string) (http.RoundTripper, error) {
	rt, err := p.guarded.Transport(allowPrivate, proxy)
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "public.test" {
			return rt.RoundTrip(r)
		}
		there := r.Clone(r.Context())
		there.URL.Host = strings.TrimPrefix(p.site.url, "http://")
		resp, err := p.site.server.Client().Transport.RoundTrip(there)
		if resp != nil {
			resp.Request = r
		}
		return resp, err
	}), err
}
