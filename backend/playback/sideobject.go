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

// ErrIsPlaylist: what was taken for bytes is a playlist.
var ErrIsPlaylist = errors.New("a playlist")

func (f *Stream) Asset(name string) (assets.Asset, bool) { return f.Assets.Use(name, time.Now()) }

// AssetObject is something outside of the media playlists' timelines, by its name: session data, a session key, what an
// Asset names. It is a locator.
type AssetObject struct {
	Stream *Stream
	Name   string
}

// Locate returns the address that the newest playlist gave to the name, which is read again where need be.
func (d AssetObject) Locate(ctx context.Context, a fetch.Attempt) (fetch.Object, time.Time, error) {
	f, name, generation := d.Stream, d.Name, a.Upstream.Generation
	res, ok := f.Asset(name)
	if !ok || a.Rereads() || res.Parent.Generation < generation && !f.Assets.Sought(name, generation) {
		err := f.nameAgain(ctx, a, name, res.Rendition)
		_, nested := assets.ParentOf(name)
		// Where reading failed for a moment the address is looked for again: the known one holds an older token. An asset that
		// is gone or refused stays so, and what it named has to do without it.
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
		// What an asset names can still be good although the asset itself is gone or refused: its bytes decide.
		if err != nil && !nested {
			return fetch.Object{}, time.Time{}, err
		}
	}
	return fetch.Object{Ref: res.Ref(), Expected: fetch.Expected{Expected: fetch.ExpectsAsset(res.Kind)}}, time.Time{}, nil
}

// subject is what requests for d's playlist or list are for.
func (d AssetObject) subject() fetch.Subject {
	return fetch.Subject{Name: "data-" + d.Name, Asset: true}
}

// mediaSubject is what requests for d's bytes are for.
func (d AssetObject) mediaSubject() fetch.Subject {
	return fetch.Subject{Name: "data-" + d.Name + "/media", Asset: true}
}

// Open returns a reader of d's bytes, which fails with ErrIsPlaylist where they are a playlist. All who ask for it at the same
// time share one download.
func (d AssetObject) Open() *objects.Reader {
	f := d.Stream
	return f.Store.Join(f.ID+"/data/"+d.Name, &assetFetcher{fetch.UpstreamObject{Fetcher: f.Fetcher, Locator: d, Subject: d.mediaSubject()}})
}

// Playlist returns the text of d, an interstitial's playlist for example, with our addresses in it. They end in suffix.
func (d AssetObject) Playlist(ctx context.Context, suffix string) ([]byte, error) {
	return d.read(ctx, func(ctx context.Context, up stream.Upstream, e fetch.Object) ([]byte, error) {
		return d.Stream.readAsset(ctx, up, e, d.Name, suffix)
	})
}

// List returns the JSON of d, an X-ASSET-LIST, with our addresses in it. They end in suffix. query goes to the upstream.
func (d AssetObject) List(ctx context.Context, query, suffix string) ([]byte, error) {
	return d.read(ctx, func(ctx context.Context, up stream.Upstream, e fetch.Object) ([]byte, error) {
		return d.Stream.readAssetList(ctx, up, e, query, d.Name, suffix)
	})
}

// read runs an attempt to read d where it stands. Refusals are recovered from.
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

// nameAgain reads and writes again what names the address: writing a playlist makes known what it names.
func (f *Stream) nameAgain(ctx context.Context, a fetch.Attempt, name, namer string) error {
	if parent, nested := assets.ParentOf(name); nested {
		return f.nameChildren(ctx, a, parent)
	}
	return f.nameAll(ctx, a, namer)
}

// nameChildren reads an asset's playlist, or its list, again. Requests at the same time share one reading, and those that
// come right after it need none.
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

// maxNamers bounds the renditions whose playlists are read for an address that none of the known playlists names.
const maxNamers = 4

// nameAll reads the playlists again that name addresses of this kind. With a namer it is that rendition's playlist which names
// the one that is wanted. Without it, it may be that of a rendition which no one has asked for since a restart.
func (f *Stream) nameAll(ctx context.Context, a fetch.Attempt, namer string) error {
	up := a.Upstream
	if namer == "" && !a.Rereads() {
		f.mu.Lock()
		young := f.namedAll.generation >= up.Generation && time.Since(f.namedAll.at) < missAge
		f.mu.Unlock()
		if young { // anyone who asks for what nothing names costs no more than this
			return nil
		}
	}
	key := "names/" + strconv.FormatUint(up.Generation, 10) + "/" + strconv.FormatInt(a.NotBefore.UnixNano(), 10)
	if namer != "" {
		key += "/" + namer
	}
	_, err := f.Once(ctx, key, func(ctx context.Context) (any, error) {
		now := time.Now()
		if err := f.readNames(ctx, a, namer); err != nil || namer != "" {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.namedAll.generation, f.namedAll.at = up.Generation, now
		return nil, nil
	})
	return err
}

func (f *Stream) readNames(ctx context.Context, a fetch.Attempt, namer string) error {
	up := a.Upstream
	m, err := f.Load(ctx, up, a.NotBefore)
	if err != nil {
		return err
	}
	if m.Multi != nil {
		m.Multi.Render(nil, &RootNames{Stream: f, Root: m})
	}
	var known []*Rendition
	if namer != "" {
		rend := f.Rendition(namer)
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
		for _, r := range forgotten(known) {
			_, _ = f.LoadPlaylist(ctx, r, up, Want{root: a.NotBefore, Timeout: fetch.PlaylistTimeout}) // where it cannot be had, another may do
		}
	}
	for _, r := range known {
		if s := r.Current(); s != nil && s.Generation >= up.Generation {
			timeline.VisitAssets(s.Playlist, links{f, r.name})
		}
	}
	return nil
}

// forgotten returns those renditions that were played before a restart and not since, the ones that were played last first.
func forgotten(all []*Rendition) (out []*Rendition) {
	at := map[*Rendition]time.Time{}
	for _, r := range all {
		if last, ok := r.Timeline.Restored(); ok {
			at[r] = last
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *Rendition) int { return at[b].Compare(at[a]) })
	return out[:min(len(out), maxNamers)]
}

// assetFetcher fetches an AssetObject. ErrIsPlaylist: it is a playlist, which must be rewritten.
type assetFetcher struct{ fetch.UpstreamObject }

// Fetch returns the object from offset on.
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

// readAsset fetches a playlist and puts our addresses into it.
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

// readAssetList fetches the JSON of an X-ASSET-LIST and puts our addresses into it.
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
