package proxy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// playerWait bounds the wait for an object's first byte where nothing else does: hls.js gives up at 10 s.
	playerWait = 9 * time.Second
	// writeWait bounds the wait for a player that does not take its bytes.
	writeWait = time.Minute
	// playlistType is the media type of a playlist (RFC 8216bis 4).
	playlistType = "application/vnd.apple.mpegurl"
)

// ServeHTTP answers playback requests. Who may ask is decided before.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, ok := parseAddress(r.URL.Path)
	switch {
	case !ok:
		p.fail(w, r, errNotFound)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		p.fail(w, r, errMethod)
		return
	}
	if err := p.serve(w, r, a); err != nil {
		p.fail(w, r, err)
	}
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, a address) error {
	query := r.URL.Query()
	if !stream.IsViewer(query.Get("viewer")) {
		return errViewer
	}
	playlist := a.kind == kindMaster || a.kind == kindPlaylist
	if _, err := p.streams.Open(r.Context(), a.id, playlist, query.Get("viewer")); err != nil {
		return err
	}
	f, err := p.feed(a.id)
	if err != nil {
		return err
	}
	switch a.kind {
	case kindMaster:
		return f.serveMaster(w, r, suffix(query))
	case kindPlaylist:
		return f.servePlaylist(w, r, a.rendition, suffix(query), "")
	case kindData:
		return f.serveData(w, r, a.name, suffix(query))
	}
	return f.serveObject(w, r, a)
}

// suffix is the query that children's addresses carry on: who plays, and the permission to ask us.
func suffix(q url.Values) string {
	keep := url.Values{}
	for _, k := range [...]string{"token", "viewer"} {
		if q.Has(k) {
			keep.Set(k, q.Get(k))
		}
	}
	if len(keep) == 0 {
		return ""
	}
	return "?" + keep.Encode()
}

func (f *feed) serveMaster(w http.ResponseWriter, r *http.Request, suffix string) error {
	m, err := f.masterNow(r.Context())
	if err != nil {
		return err
	}
	if m.multi == nil {
		return f.servePlaylist(w, r, mainRendition, suffix, mainRendition+"/")
	}
	keep := m.offered(r.URL.Query().Get("quality"))
	return writePlaylist(w, m.multi.RenderOnly(nil, &masterNames{f: f, m: m, suffix: suffix}, keep))
}

func (f *feed) servePlaylist(w http.ResponseWriter, r *http.Request, name, suffix, prefix string) error {
	rend, err := f.known(r.Context(), name)
	if err != nil {
		return err
	}
	wanted := want{timeout: playlistTimeout}
	if s := rend.current(); s != nil {
		wanted.playlist = time.Now().Add(-f.age(s))
	}
	b, blocks := blockingOf(r.URL.Query())
	load := func() (s *timeline.Snapshot, err error) {
		err = f.heal(r.Context(), name, func(ctx context.Context, a attempt) (err error) {
			wanted.master = a.notBefore
			s, err = rend.load(ctx, a.up, wanted)
			if wanted.directives != "" && isTimeout(err) {
				err = &withheld{err} // nothing new has come, which is not a fault
			}
			return err
		})
		return s, err
	}
	var s *timeline.Snapshot
	if blocks {
		// What is not even announced by the newest playlist is not asked for.
		if s = rend.current(); s == nil || b.tooFar(s) {
			if s, err = load(); err != nil {
				if s = rend.lastGood(err, false); s == nil {
					return err
				}
			}
		}
		if b.tooFar(s) {
			return errTooFar
		}
		wanted.directives, wanted.timeout = b.directives(s, playlistTimeout)
	}
	s, err = load()
	var refused *response.StatusError
	if wanted.directives != "" && errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
		return errBehind
	}
	if err != nil {
		if s = rend.lastGood(err, wanted.directives != ""); s == nil {
			return err
		}
	}
	f.watchGrowth(rend)
	return writePlaylist(w, rend.render(s, timeline.Addressing{Prefix: prefix, Suffix: suffix, Delta: r.URL.Query().Get("_HLS_skip") != ""}))
}

// known is the rendition of that name, if the stream has or had one: a name is never made up by who asks.
func (f *feed) known(ctx context.Context, name string) (*rendition, error) {
	if r := f.named(name); r != nil {
		return r, nil
	}
	if err := f.heal(ctx, "", func(ctx context.Context, a attempt) error {
		_, err := f.load(ctx, a.up, a.notBefore)
		return err
	}); err != nil {
		return nil, err
	}
	if r := f.named(name); r != nil {
		return r, nil
	}
	return nil, failf(http.StatusNotFound, "unknown_rendition", "the stream has no rendition %q", name)
}

func (f *feed) named(name string) *rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.names[name]; ok || name == mainRendition {
		return f.renditionLocked(name)
	}
	return nil
}

func writePlaylist(w http.ResponseWriter, body []byte) error {
	return writeText(w, http.StatusOK, playlistType, body)
}

// writeText answers a text that is complete. A client that has not read it within writeWait is cut off, so that the text
// does not stay in memory for it.
func writeText(w http.ResponseWriter, status int, contentType string, body []byte) error {
	// It fails only without a connection, which needs no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWait))
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
