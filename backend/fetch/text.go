package fetch

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

// Playlist fetches the playlist that o lists as uri, and returns its text and its context as a parent. query is appended to the
// address. The error for a body that is not a playlist is that of response.NotPlaylist.
func (f *Fetcher) Playlist(ctx context.Context, up stream.Upstream, o *timeline.Parent, uri, query string, timeout time.Duration) ([]byte, *timeline.Parent, error) {
	t, u, err := FetchChild(f, o, uri, func(u *url.URL) (Text, error) { return f.FetchPlaylist(ctx, up, u, query, timeout) })
	if err != nil {
		return nil, nil, err
	}
	return t.Body, ParentOf(o, up, t.Base, u), nil
}

// FetchPlaylist fetches the playlist at u, with query appended.
func (f *Fetcher) FetchPlaylist(ctx context.Context, up stream.Upstream, u *url.URL, query string, timeout time.Duration) (Text, error) {
	u = withQuery(u, query)
	if err := f.waitWhileBusy(ctx, up.Generation, u); err != nil {
		return Text{}, err
	}
	leave, err := acquire(ctx, f.lists)
	if err != nil {
		return Text{}, err
	}
	defer leave()
	stop := func(k media.Kind) bool { return k != media.Playlist }
	t, err := f.Client.text(ctx, up, f.Jar(up), u, timeout, stop)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		first := t
		if t, err = f.Client.text(ctx, up, f.Jar(up), u, timeout, stop); errors.Is(err, io.ErrUnexpectedEOF) && first.endsAlike(t) {
			t.kind, err = media.Playlist, nil
		}
	}
	if err = f.busy.Note(up.Generation, u, err); err != nil {
		return Text{}, err
	}
	if t.kind != media.Playlist {
		return Text{}, f.notPlaylist(up.Generation, u, t)
	}
	t.Body, _ = media.PlaylistText(t.Body)
	return t, nil
}

// endsAlike reports whether a playlist that was truncated twice is complete: both times it ended at the same end of a line.
// Some servers never send the last chunk, or send a wrong Content-Length, and most players accept that.
func (t Text) endsAlike(again Text) bool {
	if n := len(t.Body); n == 0 || n > maxPlaylist || t.Body[n-1] != '\n' || !bytes.Equal(t.Body, again.Body) {
		return false
	}
	_, ok := media.PlaylistText(t.Body)
	return ok
}

// FetchText fetches JSON. A web page instead is a refusal.
func (f *Fetcher) FetchText(ctx context.Context, up stream.Upstream, u *url.URL, query string) (Text, error) {
	u = withQuery(u, query)
	if err := f.waitWhileBusy(ctx, up.Generation, u); err != nil {
		return Text{}, err
	}
	leave, err := acquire(ctx, f.lists)
	if err != nil {
		return Text{}, err
	}
	defer leave()
	t, err := f.Client.text(ctx, up, f.Jar(up), u, PlaylistTimeout, func(k media.Kind) bool { return k == media.HTML })
	if err = f.busy.Note(up.Generation, u, err); err != nil {
		return Text{}, err
	}
	if t.kind == media.HTML {
		return Text{}, under(up.Generation, response.RefusedInstead(u, t.kind, "a list of assets"))
	}
	return t, nil
}

// AcquireBlocking takes a slot for a request whose answer the upstream may delay, and waits while all are taken. leave frees it.
func (f *Fetcher) AcquireBlocking(ctx context.Context) (leave func(), err error) {
	return acquire(ctx, f.blocking)
}

// acquire takes a slot, and waits while all are taken. leave frees it.
func acquire(ctx context.Context, slots chan struct{}) (leave func(), err error) {
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
