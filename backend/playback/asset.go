package playback

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// ErrIsPlaylist is returned for an object that turned out to be a playlist, which must be rewritten.
var ErrIsPlaylist = errors.New("a playlist")

// Asset returns the asset of that name, and marks it as used.
func (f *Stream) Asset(name string) (assets.Asset, bool) { return f.Assets.Use(name, time.Now()) }

// AssetObject is an object outside the timelines, by its name: session data, a session key, or an object that another asset
// lists. It locates the object for a fetch.UpstreamObject.
type AssetObject struct {
	Stream *Stream
	Name   string
}

// Locate returns the object's address in the newest playlist that names it, which it reads again if necessary.
func (d AssetObject) Locate(ctx context.Context, a fetch.Attempt) (fetch.Object, time.Time, error) {
	f, name, generation := d.Stream, d.Name, a.Upstream.Generation
	res, ok := f.Asset(name)
	if !ok || a.Rereads() || res.Parent.Generation < generation && !f.Assets.Sought(name, generation) {
		err := f.readNaming(ctx, a, name, res.Rendition)
		_, nested := assets.ParentOf(name)
		// After a transient failure the address is looked up again, because the known one has an older token. A parent asset that
		// is gone or refused stays so, and the known address is used.
		if _, was := fetch.AsRefused(err); err == nil || nested && was {
			f.Assets.SetSought(name, generation)
		}
		again, found := f.Asset(name)
		switch {
		case found:
			res = again
		case err != nil:
			return fetch.Object{}, time.Time{}, err
		case !ok:
			return fetch.Object{}, time.Time{}, fetch.ErrNotFound
		}
		// An address can still be valid although the asset that lists it is gone or refused: the answer decides.
		if err != nil && !nested {
			return fetch.Object{}, time.Time{}, err
		}
	}
	return fetch.Object{Ref: res.Ref(), Expected: fetch.Expected{Expected: fetch.ExpectsAsset(res.Kind)}}, time.Time{}, nil
}

// subject returns the Subject of requests for d as a playlist or list.
func (d AssetObject) subject() fetch.Subject {
	return fetch.Subject{Name: "data-" + d.Name, Asset: true}
}

// mediaSubject returns the Subject of requests for d's bytes.
func (d AssetObject) mediaSubject() fetch.Subject {
	return fetch.Subject{Name: "data-" + d.Name + "/media", Asset: true}
}

// Open returns a reader of d's bytes, which fails with ErrIsPlaylist if they are a playlist. Concurrent readers share one
// download.
func (d AssetObject) Open() *objects.Reader {
	f := d.Stream
	return f.Store.Join(f.ID+"/data/"+d.Name, &assetFetcher{fetch.UpstreamObject{Fetcher: f.Fetcher, Locator: d, Subject: d.mediaSubject()}})
}

// Playlist returns the text of d, an interstitial's playlist for example, with Gridwall's addresses, which end in suffix.
func (d AssetObject) Playlist(ctx context.Context, suffix string) ([]byte, error) {
	return d.read(ctx, func(ctx context.Context, up stream.Upstream, e fetch.Object) ([]byte, error) {
		return d.Stream.readAsset(ctx, up, e, d.Name, suffix)
	})
}

// List returns the JSON of d, an X-ASSET-LIST, with Gridwall's addresses, which end in suffix. query is passed to the upstream.
func (d AssetObject) List(ctx context.Context, query, suffix string) ([]byte, error) {
	return d.read(ctx, func(ctx context.Context, up stream.Upstream, e fetch.Object) ([]byte, error) {
		return d.Stream.readAssetList(ctx, up, e, query, d.Name, suffix)
	})
}

// read locates d and reads it with attempt, and recovers from refusals.
func (d AssetObject) read(ctx context.Context, attempt func(context.Context, stream.Upstream, fetch.Object) ([]byte, error)) (text []byte, err error) {
	err = d.Stream.Recover(ctx, d.subject(), func(ctx context.Context, a fetch.Attempt) error {
		e, named, err := d.Locate(ctx, a)
		if err != nil {
			return err
		}
		text, err = attempt(ctx, a.Upstream, e)
		return fetch.Annotate(err, fetch.LevelPlaylist, named)
	})
	return text, err
}

// readNaming reads the playlist or list again that names an address: rendering it records the addresses that it names. rendition
// is the rendition that named it last; "" if another playlist did, or none is known.
func (f *Stream) readNaming(ctx context.Context, a fetch.Attempt, name, rendition string) error {
	if parent, nested := assets.ParentOf(name); nested {
		return f.nameChildren(ctx, a, parent)
	}
	return f.nameAll(ctx, a, rendition)
}

// nameChildren reads an asset's playlist or list again. Concurrent calls share one read, and calls right after it need none.
func (f *Stream) nameChildren(ctx context.Context, a fetch.Attempt, parent string) error {
	needed, up := a.NotBefore, a.Upstream
	if !a.Rereads() {
		needed = time.Now().Add(-missAge)
	}
	if f.Assets.ReadSince(parent, up.Generation, needed) {
		return nil
	}
	_, err := f.Once(ctx, "children/"+parent+"/"+strconv.FormatUint(up.Generation, 10), func(ctx context.Context) (any, error) {
		e, _, err := AssetObject{f, parent}.Locate(ctx, a)
		if err != nil {
			return nil, err
		}
		now := time.Now()
		if res, _ := f.Asset(parent); res.Kind == assets.List {
			_, err = f.readAssetList(ctx, up, e, "", parent, "")
		} else {
			_, err = f.readAsset(ctx, up, e, parent, "")
		}
		if err != nil {
			return nil, err
		}
		f.Assets.SetRead(parent, up.Generation, now)
		return nil, nil
	})
	return err
}

// maxReread bounds the renditions whose playlists are read for an address that none of the known playlists names.
const maxReread = 4

// nameAll reads the root playlist and rendition's playlist again, as they name addresses. Without a rendition, it reads those of
// the renditions that were played before a restart, because one of them may name the address.
func (f *Stream) nameAll(ctx context.Context, a fetch.Attempt, rendition string) error {
	up := a.Upstream
	if rendition == "" && !a.Rereads() {
		f.mu.Lock()
		young := f.namedAll.generation >= up.Generation && time.Since(f.namedAll.at) < missAge
		f.mu.Unlock()
		if young { // requests for unknown addresses cause no further reads
			return nil
		}
	}
	key := "names/" + strconv.FormatUint(up.Generation, 10) + "/" + strconv.FormatInt(a.NotBefore.UnixNano(), 10)
	if rendition != "" {
		key += "/" + rendition
	}
	_, err := f.Once(ctx, key, func(ctx context.Context) (any, error) {
		now := time.Now()
		if err := f.readNames(ctx, a, rendition); err != nil || rendition != "" {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.namedAll.generation, f.namedAll.at = up.Generation, now
		return nil, nil
	})
	return err
}

// readNames does the work of nameAll.
func (f *Stream) readNames(ctx context.Context, a fetch.Attempt, rendition string) error {
	up := a.Upstream
	m, err := f.Load(ctx, up, a.NotBefore)
	if err != nil {
		return err
	}
	if m.Multi != nil {
		m.Multi.Render(nil, &RootNames{Stream: f, Root: m})
	}
	var known []*Rendition
	if rendition != "" {
		rend := f.Rendition(rendition)
		if _, err := f.LoadPlaylist(ctx, rend, up, Want{Playlist: a.NotBefore, root: a.NotBefore, Timeout: fetch.PlaylistTimeout}); err != nil {
			return err
		}
		known = []*Rendition{rend}
	} else {
		f.mu.Lock()
		for _, r := range f.renditions {
			known = append(known, r)
		}
		f.mu.Unlock()
		for _, r := range restored(known) {
			_, _ = f.LoadPlaylist(ctx, r, up, Want{root: a.NotBefore, Timeout: fetch.PlaylistTimeout}) // if it fails, another one may name the address
		}
	}
	for _, r := range known {
		if s := r.Current(); s != nil && s.Generation >= up.Generation {
			timeline.VisitAssets(s.Playlist, links{f, r.name})
		}
	}
	return nil
}

// restored returns up to maxReread renditions that were played before a restart and not since, the last played first.
func restored(all []*Rendition) (out []*Rendition) {
	at := map[*Rendition]time.Time{}
	for _, r := range all {
		if last, ok := r.Timeline.Restored(); ok {
			at[r] = last
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *Rendition) int { return at[b].Compare(at[a]) })
	return out[:min(len(out), maxReread)]
}

// assetFetcher fetches an AssetObject.
type assetFetcher struct{ fetch.UpstreamObject }

// Fetch returns the object from offset on, or ErrIsPlaylist if it is a playlist.
func (s *assetFetcher) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o, err := s.UpstreamObject.Fetch(ctx, offset)
	if err != nil {
		return nil, err
	}
	if b, ok := o.Body.(*fetch.Peeked); ok && offset == 0 && hls.Sniff(b.Head) != hls.NotPlaylist {
		_ = o.Body.Close()
		return nil, ErrIsPlaylist
	}
	return o, nil
}

// readAsset fetches a playlist and returns its text with Gridwall's addresses.
func (f *Stream) readAsset(ctx context.Context, up stream.Upstream, e fetch.Object, name, suffix string) ([]byte, error) {
	body, o, err := f.Playlist(ctx, up, e.Parent, e.URI, "", fetch.PlaylistTimeout)
	if err != nil {
		return nil, err
	}
	text, err := assets.Names{Table: f.Assets, At: o, Parent: name, Suffix: suffix}.Playlist(body)
	if err != nil {
		return nil, badPlaylist(o.URL, err)
	}
	return text, nil
}

// readAssetList fetches the JSON of an X-ASSET-LIST and returns it with Gridwall's addresses.
func (f *Stream) readAssetList(ctx context.Context, up stream.Upstream, e fetch.Object, query, name, suffix string) ([]byte, error) {
	t, u, err := fetch.FetchChild(f.Fetcher, e.Parent, e.URI, func(u *url.URL) (fetch.Text, error) { return f.FetchText(ctx, up, u, query) })
	if err != nil {
		return nil, err
	}
	o := fetch.ParentOf(e.Parent, up, t.Base, u)
	text, err := assets.Names{Table: f.Assets, At: o, Parent: name, Suffix: suffix}.List(t.Body)
	if err != nil {
		return nil, fetch.Failf(http.StatusBadGateway, "bad_asset_list", "%s: %v", t.Base.String(), err)
	}
	return text, nil
}
