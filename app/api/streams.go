package api

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"gridwall/backend/refresh"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Streams lists what the sources listed last: live first, then the fastest. Those whose check failed are left out
// unless all is true.
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
		out = append(out, FromStream(s))
	}
	return out
}

// FromStream returns a stream in the words of the contract.
func FromStream(s stream.Stream) Stream {
	out := Stream{
		ID: s.ID, URL: s.URL, SiteKey: s.SiteKey, SiteName: s.SiteName, Quality: s.Quality, Title: s.Title,
		Group: s.Group, Logo: s.Logo, ExtractedAt: s.ExtractedAt.UTC().Truncate(time.Millisecond),
	}
	if h := s.Health; h != nil {
		out.IsLive = &h.Live
		out.CheckedAt = instant(h.CheckedAt)
		if h.ResponseTime > 0 || h.Live {
			// An answer from this machine takes less than a millisecond; 0 would look as if there was none.
			ms := max(1, h.ResponseTime.Milliseconds())
			out.ResponseTimeMS = &ms
		}
		if h.Bitrate > 0 {
			out.Bitrate = &h.Bitrate
		}
	}
	return out
}

// Extract runs one source now, or all of them where key is empty, and answers when the streams are checked: of
// a listing of hundreds, those that a viewer watches. A source that fails is listed in Failed; that alone is not an error.
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
		return out, AsError(err)
	}
	out.Streams = a.list(false)
	out.Count = len(out.Streams)
	return out, nil
}

// failed adds a source that failed. One that has not begun did not.
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

// RefreshActive renews all active streams now, and answers when that is done.
func (a *API) RefreshActive(ctx context.Context) (ActiveList, error) {
	list := a.o.Playback.Renewal.RenewAll(ctx)
	if err := ctx.Err(); err != nil {
		return ActiveList{}, AsError(err)
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
		LastRefreshed: optional(s.LastRefreshed), ExpiresAt: optional(s.ExpiresAt), PlaybackURL: a.playback(s.ID),
	}
}

// playback returns the address that a player is given.
func (a *API) playback(id string) string { return a.o.Playback.Prefix + "/hls/" + id + "/index.m3u8" }

// Activate keeps a stream fresh from now on. Activating twice is a no-op. CodeUnknownStream where no extraction
// ever found it.
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
		return Active{}, AsError(err)
	}
	return a.active(active), nil
}

// find returns the stream that an activation names.
func (a *API) find(req Activation) (stream.Stream, error) {
	switch {
	case req.StreamID == "" && req.URL == "":
		return stream.Stream{}, Errorf(CodeInvalid, `say which stream: {"stream_id": "…"} or {"url": "…"}`)
	case req.StreamID != "" && req.URL != "":
		return stream.Stream{}, Errorf(CodeInvalid, "stream_id and url exclude each other; send one of them")
	case req.StreamID != "":
		s, ok := a.o.Sources.Extraction.Stream(req.StreamID)
		if !ok {
			return s, AsError(stream.ErrUnknownStream)
		}
		return s, nil
	}
	if err := checkURL(req.URL); err != nil {
		return stream.Stream{}, err
	}
	s, ok := a.o.Sources.Extraction.ByURL(req.URL)
	if u, err := weburl.Parse(req.URL); !ok && err == nil {
		s, ok = a.o.Sources.Extraction.ByURL(weburl.Written(req.URL, u)) // as it is listed, with blanks encoded
	}
	if !ok {
		return s, AsError(stream.ErrUnknownStream)
	}
	if req.SiteKey != "" && req.SiteKey != s.SiteKey {
		return s, Errorf(CodeUnknownStream, "the source %q never listed this URL; %q did", req.SiteKey, s.SiteKey)
	}
	return s, nil
}

// Deactivate ends one viewer's lease, or all of a stream's leases where viewer is empty.
func (a *API) Deactivate(_ context.Context, id, viewer string) error {
	if err := checkViewer(viewer); err != nil {
		return err
	}
	err := a.o.Playback.Renewal.Deactivate(id, viewer)
	if errors.Is(err, stream.ErrUnknownStream) {
		return Errorf(CodeNotActive, "stream %q is not active; GET /api/v1/active lists those that are", id)
	}
	if err != nil {
		return AsError(err)
	}
	return nil
}

// Resolve answers the fresh URL of any URL that a stream ever had; a URL that none had is answered as it came.
func (a *API) Resolve(_ context.Context, rawURL string) (Resolved, error) {
	if rawURL == "" {
		return Resolved{}, Errorf(CodeInvalid, "the parameter url is missing")
	}
	if len(rawURL) > maxURL {
		return Resolved{}, Errorf(CodeInvalid, "the URL is longer than %d bytes", maxURL)
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

// checkViewer refuses a name that playback would refuse.
func checkViewer(viewer string) error {
	if stream.IsViewer(viewer) {
		return nil
	}
	return Errorf(CodeInvalid, "viewer is at most %d of the characters A-Z, a-z, 0-9, '.', '_' and '-'", stream.MaxViewer)
}

// checkURL returns an error for anything but an http or https URL.
func checkURL(rawURL string) error {
	if len(rawURL) > maxURL {
		return Errorf(CodeInvalid, "the URL is longer than %d bytes", maxURL)
	}
	if _, err := weburl.Parse(rawURL); err == nil {
		return nil
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return Errorf(CodeInvalid, "invalid URL; write it like https://example.org/live.m3u8")
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" {
		return Errorf(CodeInvalid, "only http and https URLs are followed; this one begins with %q", u.Scheme+":")
	}
	if u.Host == "" {
		return Errorf(CodeInvalid, "the URL names no host")
	}
	return nil
}
