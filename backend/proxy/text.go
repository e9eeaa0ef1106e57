package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	"gridwall/backend/media"
	"gridwall/backend/response"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// playlist fetches a playlist that o names. A body that is no playlist is a refusal: a web page in its place.
func (f *fetcher) playlist(ctx context.Context, up stream.Upstream, o *timeline.Parent, uri, query string, timeout time.Duration) ([]byte, *timeline.Parent, error) {
	t, u, err := fetchChild(f, o, uri, func(u *url.URL) (text, error) { return f.fetchPlaylist(ctx, up, u, query, timeout) })
	if err != nil {
		return nil, nil, err
	}
	return t.body, parentOf(o, up, t.base, u), nil
}

func (f *fetcher) fetchPlaylist(ctx context.Context, up stream.Upstream, u *url.URL, query string, timeout time.Duration) (text, error) {
	u = withQuery(u, query)
	if err := f.cool(ctx, up.Generation, u); err != nil {
		return text{}, err
	}
	leave, err := place(ctx, f.lists)
	if err != nil {
		return text{}, err
	}
	defer leave()
	stop := func(k media.Kind) bool { return k != media.Playlist }
	t, err := f.client.text(ctx, up, f.jar(up), u, timeout, stop)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		first := t
		if t, err = f.client.text(ctx, up, f.jar(up), u, timeout, stop); errors.Is(err, io.ErrUnexpectedEOF) && first.endsAlike(t) {
			t.kind, err = media.Playlist, nil
		}
	}
	if err = f.cooled(up.Generation, u, err); err != nil {
		return text{}, err
	}
	if t.kind != media.Playlist {
		return text{}, f.notPlaylist(up.Generation, u, t)
	}
	t.body, _ = media.PlaylistText(t.body)
	return t, nil
}

// endsAlike reports whether a playlist that broke off twice is complete: both times it ended at the same end of a
// line. Some servers never send the last chunk, or announce a wrong length, and most players accept that.
func (t text) endsAlike(again text) bool {
	if n := len(t.body); n == 0 || n > maxPlaylist || t.body[n-1] != '\n' || !bytes.Equal(t.body, again.body) {
		return false
	}
	_, ok := media.PlaylistText(t.body)
	return ok
}

// fetchText fetches JSON. A web page in its place is a refusal.
func (f *fetcher) fetchText(ctx context.Context, up stream.Upstream, u *url.URL, query string) (text, error) {
	u = withQuery(u, query)
	if err := f.cool(ctx, up.Generation, u); err != nil {
		return text{}, err
	}
	leave, err := place(ctx, f.lists)
	if err != nil {
		return text{}, err
	}
	defer leave()
	t, err := f.client.text(ctx, up, f.jar(up), u, playlistTimeout, func(k media.Kind) bool { return k == media.HTML })
	if err = f.cooled(up.Generation, u, err); err != nil {
		return text{}, err
	}
	if t.kind == media.HTML {
		return text{}, under(up.Generation, response.RefusedInstead(u, t.kind, "a list of assets"))
	}
	return t, nil
}

// place takes a place in slots, and waits for one where all are taken. leave gives it back.
func place(ctx context.Context, slots chan struct{}) (leave func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func withQuery(u *url.URL, query string) *url.URL {
	if query == "" {
		return u
	}
	v := *u
	if v.RawQuery != "" {
		v.RawQuery += "&"
	}
	v.RawQuery += query
	return &v
}
