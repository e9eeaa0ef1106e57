package proxy

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/playback"
	"gridwall/backend/spares"
	"gridwall/backend/timeline"
)

// rootWait bounds the wait for the playlist at the URL of a stream that a spare feeds.
const rootWait = 3 * time.Second

// Engine returns the engine that keeps the streams playing.
func (p *Proxy) Engine() *playback.Engine { return p.engine }

// SetSpares sets the spares of streams. It must be called before the first request.
func (p *Proxy) SetSpares(s *spares.Service) { p.spares = s }

// serveSpared serves the playlist of a rendition whose stream has spares: its own until a spare takes over, a composed one then.
func (h handler) serveSpared(w http.ResponseWriter, r *http.Request, name string, a timeline.Addressing) error {
	h.spare.Attend(name)
	if !h.spare.Composed() {
		ctx, cancel := h.spare.UntilSwitch(r.Context())
		text, err := h.playlist(ctx, r.URL.Query(), name, a)
		cancel()
		if err != nil && !h.spare.Composed() {
			h.spare.TakeOver(r.Context(), h.spare.Feeder(), err)
		}
		if !h.spare.Composed() {
			if err != nil {
				return err
			}
			return writePlaylist(w, text)
		}
	}
	if err := h.block(r, name); err != nil {
		return err
	}
	text, err := h.spare.Playlist(r.Context(), name, a)
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}

// block waits for what a blocking reload of a composed playlist asks for. Failures of the stream that feeds it are left to the request
// for its playlist that follows.
func (h handler) block(r *http.Request, name string) error {
	b, blocks := blockingOf(r.URL.Query())
	if !blocks {
		return nil
	}
	st, rendition, shift, ok := h.spare.Newest(name)
	if !ok {
		return nil
	}
	b.msn -= shift
	ctx, cancel := h.spare.UntilSwitch(r.Context())
	defer cancel()
	_, _, err := handler{stream: st, log: h.log}.snapshot(ctx, b, true, rendition)
	if errors.Is(err, errTooFar) || errors.Is(err, errBehind) {
		return err
	}
	return nil
}

// feeder returns the stream that has a segment, a part, a key or an init section, and its number and name there.
func (h handler) feeder(a address, leaf string) spares.Object {
	own := spares.Object{Stream: h.stream, Rendition: a.rendition, MSN: a.n, Name: leaf, Feeder: a.id}
	if h.spare == nil {
		return own
	}
	h.spare.Attend("")
	if a.kind != kindSegment && a.kind != kindPart {
		if o, ok := h.spare.Named(a.rendition, leaf); ok {
			return o
		}
		return own
	}
	o, ok := h.spare.Segment(a.rendition, a.n)
	if !ok {
		return own
	}
	if a.kind == kindPart {
		o.Name = strconv.FormatInt(o.MSN, 10) + leaf[strings.IndexByte(leaf, '.'):]
	}
	return o
}

// loadRoot returns the playlist at the URL of the stream, and the stream whose playlist it is. If the stream is fed by a spare, its
// own last one is good enough; without one, it is the spare's.
func (h handler) loadRoot(ctx context.Context) (*playback.Stream, *playback.RootPlaylist, error) {
	if h.spare == nil {
		m, err := h.stream.LoadRoot(ctx)
		return h.stream, m, err
	}
	h.spare.Attend("")
	if !h.spare.Composed() {
		lctx, cancel := h.spare.UntilSwitch(ctx)
		m, err := h.stream.LoadRoot(lctx)
		cancel()
		if err != nil && !h.spare.Composed() {
			h.spare.TakeOver(ctx, h.spare.Feeder(), err)
		}
		if !h.spare.Composed() {
			return h.stream, m, err
		}
	}
	if m := h.stream.Root(); m != nil {
		return h.stream, m, nil
	}
	lctx, cancel := context.WithTimeout(ctx, rootWait)
	m, err := h.stream.LoadRoot(lctx)
	cancel()
	switch st, ferr := h.spare.FeederStream(); {
	case err == nil, ferr != nil, st == h.stream:
		return h.stream, m, err
	case h.spare.Main():
		return h.stream, &playback.RootPlaylist{}, nil
	default:
		m, err = st.LoadRoot(ctx)
		return st, m, err
	}
}
