package api

import (
	"context"
	"errors"

	"gridwall/app/api/fault"
	"gridwall/backend/access"
	"gridwall/backend/jsontypes"
	"gridwall/backend/refresh"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Streams returns the streams of each source's last run: live ones first, then the fastest. Streams whose check failed are left
// out unless all is true.
func (a *API) Streams(_ context.Context, all bool) (StreamList, error) {
	list := a.list(all)
	return StreamList{Streams: list, Count: len(list)}, nil
}

func (a *API) list(all bool) []Stream {
	streams := a.o.Sources.Extraction.Streams()
	out := make([]Stream, 0, len(streams))
	for _, s := range streams {
		if !all && s.Health != nil && !s.Health.Live {
			continue
		}
		out = append(out, jsontypes.FromStream(s))
	}
	return out
}

// Extract runs one source now, or all of them if key is empty, and returns when the streams have been checked; of a long listing,
// only those that a viewer watches. A source that fails is listed in Failed; that alone is not an error.
func (a *API) Extract(ctx context.Context, key string) (Extraction, error) {
	out := Extraction{Failed: []FailedExtract{}}
	if key != "" {
		if _, err := a.runnable(key); err != nil {
			return out, err
		}
		if _, err := a.o.Sources.Extraction.Extract(ctx, key); err != nil {
			out.failed(key, err)
		} else {
			a.o.Sources.Extraction.CheckSource(ctx, key)
		}
	} else {
		for _, res := range a.o.Sources.Extraction.ExtractAll(ctx) {
			if res.Err != nil {
				out.failed(res.Key, res.Err)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return out, fault.AsError(err)
	}
	out.Streams = a.list(false)
	out.Count = len(out.Streams)
	return out, nil
}

// failed adds a source that failed. A source whose event has not begun yet has not failed.
func (e *Extraction) failed(key string, err error) {
	var notYet *stream.NotYetError
	if !errors.As(err, &notYet) {
		e.Failed = append(e.Failed, FailedExtract{Key: key, Error: stream.RedactText(err.Error())})
	}
}

// Active lists the active streams.
func (a *API) Active(context.Context) (ActiveList, error) {
	return a.activeList(a.o.Playback.Renewal.Active()), nil
}

// RefreshActive renews all active streams now, and returns them.
func (a *API) RefreshActive(ctx context.Context) (ActiveList, error) {
	list := a.o.Playback.Renewal.RenewAll(ctx)
	if err := ctx.Err(); err != nil {
		return ActiveList{}, fault.AsError(err)
	}
	return a.activeList(list), nil
}

func (a *API) activeList(list []refresh.Active) ActiveList {
	out := ActiveList{Active: make([]Active, 0, len(list))}
	for _, s := range list {
		out.Active = append(out.Active, a.active(s))
	}
	return out
}

func (a *API) active(s refresh.Active) Active {
	return Active{
		ID: s.ID, OriginalURL: s.OriginalURL, CurrentURL: s.CurrentURL, SiteKey: s.SiteKey, Title: s.Title,
		Quality: s.Quality, RefreshCount: s.RefreshCount, LastError: stream.RedactText(s.LastError),
		LastRefreshed: jsontypes.Optional(s.LastRefreshed), ExpiresAt: jsontypes.Optional(s.ExpiresAt), PlaybackURL: a.playback(s.ID),
		SpareOf: s.SpareOf, Spare: (*ActiveSpare)(a.o.Playback.Spares.Feed(s.ID)),
	}
}

// playback returns the playback address of a stream.
func (a *API) playback(id string) string { return a.o.Playback.Prefix + "/hls/" + id + "/index.m3u8" }

// Activate keeps a stream fresh from now on. Activating twice is a no-op. It fails with fault.CodeUnknownStream if no extraction
// ever found the stream.
func (a *API) Activate(ctx context.Context, req Activation) (Active, error) {
	if err := checkViewer(req.Viewer); err != nil {
		return Active{}, err
	}
	s, err := a.find(req)
	if err != nil {
		return Active{}, err
	}
	active, err := a.o.Playback.Renewal.Activate(ctx, s.ID, req.Viewer)
	if err != nil {
		return Active{}, fault.AsError(err)
	}
	return a.active(active), nil
}

// find returns the stream that an activation names.
func (a *API) find(req Activation) (stream.Stream, error) {
	switch {
	case req.StreamID == "" && req.URL == "":
		return stream.Stream{}, fault.Errorf(fault.CodeInvalid, `say which stream: {"stream_id": "…"} or {"url": "…"}`)
	case req.StreamID != "" && req.URL != "":
		return stream.Stream{}, fault.Errorf(fault.CodeInvalid, "send either stream_id or url, not both")
	case req.StreamID != "":
		s, ok := a.o.Sources.Extraction.Stream(req.StreamID)
		if !ok {
			return s, fault.AsError(stream.ErrUnknownStream)
		}
		return s, nil
	}
	if err := access.CheckURL(req.URL); err != nil {
		return stream.Stream{}, fault.AsError(err)
	}
	s, ok := a.o.Sources.Extraction.ByURL(req.URL)
	if u, err := weburl.Parse(req.URL); !ok && err == nil {
		s, ok = a.o.Sources.Extraction.ByURL(weburl.Written(req.URL, u)) // as it is listed, with blanks encoded
	}
	if !ok {
		return s, fault.AsError(stream.ErrUnknownStream)
	}
	if req.SiteKey != "" && req.SiteKey != s.SiteKey {
		return s, fault.Errorf(fault.CodeUnknownStream, "the source %q never listed this URL; %q did", req.SiteKey, s.SiteKey)
	}
	return s, nil
}

// Deactivate ends one viewer's lease, or all of a stream's leases if viewer is empty.
func (a *API) Deactivate(_ context.Context, id, viewer string) error {
	if err := checkViewer(viewer); err != nil {
		return err
	}
	err := a.o.Playback.Renewal.Deactivate(id, viewer)
	if errors.Is(err, stream.ErrUnknownStream) {
		return fault.Errorf(fault.CodeNotActive, "stream %q is not active; GET /api/v1/active lists those that are", id)
	}
	if err != nil {
		return fault.AsError(err)
	}
	return nil
}

// Resolve returns the fresh URL for any URL that a stream ever had. It returns a URL that no stream had unchanged.
func (a *API) Resolve(_ context.Context, rawURL string) (Resolved, error) {
	if rawURL == "" {
		return Resolved{}, fault.Errorf(fault.CodeInvalid, "the parameter url is missing")
	}
	if len(rawURL) > access.MaxURL {
		return Resolved{}, fault.Errorf(fault.CodeInvalid, "the URL is longer than %d bytes", access.MaxURL)
	}
	fresh := a.o.Playback.Renewal.Resolve(rawURL)
	if fresh != rawURL {
		return Resolved{URL: fresh}, nil
	}
	if u, err := weburl.Parse(rawURL); err == nil { // as it is listed, with blanks encoded
		written := weburl.Written(rawURL, u)
		fresh := a.o.Playback.Renewal.Resolve(written)
		if _, known := a.o.Sources.Extraction.ByURL(written); known || fresh != written {
			return Resolved{URL: fresh}, nil
		}
	}
	return Resolved{URL: rawURL}, nil
}

// checkViewer rejects a name that playback would reject.
func checkViewer(viewer string) error {
	if stream.IsViewer(viewer) {
		return nil
	}
	return fault.Errorf(fault.CodeInvalid, "viewer may have at most %d characters, of A-Z, a-z, 0-9, '.', '_' and '-'", stream.MaxViewer)
}
