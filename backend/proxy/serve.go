package proxy

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/response"
	"gridwall/backend/spares"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// playerWait bounds the wait for an object's first byte if nothing else does: hls.js gives up after 10 s.
	playerWait = 9 * time.Second
	// writeWait bounds the wait for a player that does not read its response.
	writeWait = time.Minute
	// playlistType is the media type of a playlist (RFC 8216bis 4).
	playlistType = "application/vnd.apple.mpegurl"
)

// Proxy answers playback requests. It is an http.Handler for everything below Prefix.
type Proxy struct {
	engine  *playback.Engine
	streams fetch.Streams
	spares  *spares.Service // nil: no stream has spares
	log     *slog.Logger
}

// New creates a Proxy and starts its housekeeping, which Close ends.
func New(o playback.Options) *Proxy {
	return &Proxy{engine: playback.NewEngine(o), streams: o.Streams, log: o.Log}
}

// handler answers the requests for one stream.
type handler struct {
	stream *playback.Stream
	// spare is the stream's channel; nil if it has no spares.
	spare *spares.Channel
	log   *slog.Logger
}

// ServeHTTP answers playback requests. The caller has already authenticated them.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, ok := parseAddress(r.URL.Path)
	switch {
	case !ok:
		p.fail(w, r, fetch.ErrNotFound)
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
	playlist := a.kind == kindRoot || a.kind == kindPlaylist
	if _, err := p.streams.Open(r.Context(), a.id, playlist, query.Get("viewer")); err != nil {
		return err
	}
	s, err := p.engine.Stream(a.id)
	if err != nil {
		return err
	}
	h := handler{stream: s, log: p.log}
	if p.spares != nil {
		h.spare = p.spares.Channel(a.id, playlist)
	}
	switch a.kind {
	case kindRoot:
		return h.serveRoot(w, r, suffix(query))
	case kindPlaylist:
		return h.servePlaylist(w, r, a.rendition, suffix(query), "")
	case kindData:
		return h.serveData(w, r, a.name, suffix(query))
	}
	return h.serveObject(w, r, a)
}

// suffix returns the query that children's addresses inherit: the viewer and Gridwall's own token.
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

func (h handler) serveRoot(w http.ResponseWriter, r *http.Request, suffix string) error {
	st, m, err := h.loadRoot(r.Context())
	if err != nil {
		return err
	}
	if m.Multi == nil {
		return h.servePlaylist(w, r, playback.MainRendition, suffix, playback.MainRendition+"/")
	}
	keep := m.Offered(r.URL.Query().Get("quality"))
	return writePlaylist(w, m.Multi.RenderOnly(nil, &playback.RootNames{Stream: st, Root: m, Suffix: suffix}, keep))
}

func (h handler) servePlaylist(w http.ResponseWriter, r *http.Request, name, suffix, prefix string) error {
	a := timeline.Addressing{Prefix: prefix, Suffix: suffix, Delta: r.URL.Query().Get("_HLS_skip") != ""}
	if h.spare != nil {
		return h.serveSpared(w, r, name, a)
	}
	text, err := h.playlist(r.Context(), r.URL.Query(), name, a)
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}

// playlist returns the text of a rendition's playlist.
func (h handler) playlist(ctx context.Context, query url.Values, name string, a timeline.Addressing) ([]byte, error) {
	b, blocks := blockingOf(query)
	rend, s, err := h.snapshot(ctx, b, blocks, name)
	if err != nil {
		return nil, err
	}
	h.stream.WatchProgress(rend)
	return h.stream.RenderPlaylist(rend, s, a), nil
}

// snapshot returns a rendition's playlist; if blocks is true, one that has b.
func (h handler) snapshot(ctx context.Context, b blocking, blocks bool, name string) (*playback.Rendition, *timeline.Snapshot, error) {
	rend, err := h.stream.FindRendition(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	rend.SetWanted()
	wanted := playback.Want{Timeout: fetch.PlaylistTimeout}
	if s := rend.Current(); s != nil {
		wanted.Playlist = time.Now().Add(-h.stream.Age(s))
	}
	var s *timeline.Snapshot
	if blocks {
		// A segment far beyond the newest playlist is not requested from the upstream.
		if s = rend.Current(); s == nil || b.tooFar(s) {
			if s, err = h.stream.RecoverPlaylist(ctx, rend, wanted); err != nil {
				if s = rend.LastGood(err, false); s == nil {
					return nil, nil, err
				}
			}
		}
		if b.tooFar(s) {
			return nil, nil, errTooFar
		}
		wanted.Directives, wanted.Timeout = b.directives(s, fetch.PlaylistTimeout)
	}
	s, err = h.stream.RecoverPlaylist(ctx, rend, wanted)
	var refused *response.StatusError
	if wanted.Directives != "" && errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
		return nil, nil, errBehind
	}
	if err != nil {
		if s = rend.LastGood(err, wanted.Directives != ""); s == nil {
			return nil, nil, err
		}
	}
	return rend, s, nil
}

func writePlaylist(w http.ResponseWriter, body []byte) error {
	return writeText(w, http.StatusOK, playlistType, body)
}

// writeText writes a response with a complete body. A client that has not read it within writeWait is disconnected, so that
// the text does not stay in memory for it.
func writeText(w http.ResponseWriter, status int, contentType string, body []byte) error {
	// This fails only without a connection, which needs no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWait))
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
