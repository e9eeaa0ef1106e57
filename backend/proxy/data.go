package proxy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/hls"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// errIsPlaylist: what was taken for bytes is a playlist.
var errIsPlaylist = errors.New("a playlist")

func (f *feed) asset(name string) (assets.Asset, bool) { return f.assets.Use(name, time.Now()) }

// assetObject is something outside of the media playlists' timelines, by its name: session data, a session key, what an
// asset names. It is a locator.
type assetObject struct {
	f    *feed
	name string
}

// locate returns the address that the newest playlist gave to the name, which is read again where need be.
func (d assetObject) locate(ctx context.Context, a attempt) (entry, time.Time, error) {
	f, name, generation := d.f, d.name, a.up.Generation
	res, ok := f.asset(name)
	if !ok || a.rereads() || res.Parent.Generation < generation && !f.assets.Sought(name, generation) {
		err := f.nameAgain(ctx, a, name, res.Rendition)
		_, nested := assets.ParentOf(name)
		// Where reading failed for a moment the address is looked for again: the known one holds an older token. An asset that
		// is gone or refused stays so, and what it named has to do without it.
		if _, was := asRefused(err); err == nil || nested && was {
			f.assets.SetSought(name, generation)
		}
		again, found := f.asset(name)
		switch {
		case found:
			res = again
		case err != nil:
			return entry{}, time.Time{}, err
		case !ok:
			return entry{}, time.Time{}, errNotFound
		}
		// What an asset names can still be good although the asset itself is gone or refused: its bytes decide.
		if err != nil && !nested {
			return entry{}, time.Time{}, err
		}
	}
	return entry{Ref: res.Ref(), expected: expected{Expected: expectsAsset(res.Kind)}}, time.Time{}, nil
}

// pauseKey names d for the pauses between renewals.
func (d assetObject) pauseKey() string { return dataPause + d.name }

// nameAgain reads and writes again what names the address: writing a playlist makes known what it names.
func (f *feed) nameAgain(ctx context.Context, a attempt, name, namer string) error {
	if parent, nested := assets.ParentOf(name); nested {
		return f.nameChildren(ctx, a, parent)
	}
	return f.nameAll(ctx, a, namer)
}

// nameChildren reads an asset's playlist, or its list, again. Requests at the same time share one reading, and those that
// come right after it need none.
func (f *feed) nameChildren(ctx context.Context, a attempt, parent string) error {
	needed, up := a.notBefore, a.up
	if !a.rereads() {
		needed = time.Now().Add(-missAge)
	}
	if f.assets.ReadSince(parent, up.Generation, needed) {
		return nil
	}
	_, err := f.once(ctx, "children/"+parent+"/"+strconv.FormatUint(up.Generation, 10), func(ctx context.Context) (any, error) {
		e, _, err := assetObject{f, parent}.locate(ctx, a)
		if err != nil {
			return nil, err
		}
		now := time.Now()
		if res, _ := f.asset(parent); res.Kind == assets.List {
			_, err = f.readAssetList(ctx, up, e, "", assetNames{f: f, parent: parent})
		} else {
			_, err = f.readAsset(ctx, up, e, assetNames{f: f, parent: parent})
		}
		if err != nil {
			return nil, err
		}
		f.assets.SetRead(parent, up.Generation, now)
		return nil, nil
	})
	return err
}

// maxNamers bounds the renditions whose playlists are read for an address that none of the known playlists names.
const maxNamers = 4

// nameAll reads the playlists again that name addresses of this kind. With a namer it is that rendition's playlist which names
// the one that is wanted. Without it, it may be that of a rendition which nobody has asked for since a restart.
func (f *feed) nameAll(ctx context.Context, a attempt, namer string) error {
	up := a.up
	if namer == "" && !a.rereads() {
		f.mu.Lock()
		young := f.namedAll.generation >= up.Generation && time.Since(f.namedAll.at) < missAge
		f.mu.Unlock()
		if young { // anyone who asks for what nothing names costs no more than this
			return nil
		}
	}
	key := "names/" + strconv.FormatUint(up.Generation, 10) + "/" + strconv.FormatInt(a.notBefore.UnixNano(), 10)
	if namer != "" {
		key += "/" + namer
	}
	_, err := f.once(ctx, key, func(ctx context.Context) (any, error) {
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

func (f *feed) readNames(ctx context.Context, a attempt, namer string) error {
	up := a.up
	m, err := f.load(ctx, up, a.notBefore)
	if err != nil {
		return err
	}
	if m.multi != nil {
		m.multi.Render(nil, &masterNames{f: f, m: m})
	}
	var known []*rendition
	if namer != "" {
		rend := f.rendition(namer)
		if _, err := rend.load(ctx, up, want{playlist: a.notBefore, master: a.notBefore, timeout: playlistTimeout}); err != nil {
			return err
		}
		known = []*rendition{rend}
	} else {
		f.mu.Lock()
		for _, r := range f.renditions {
			known = append(known, r)
		}
		f.mu.Unlock()
		for _, r := range forgotten(known) {
			_, _ = r.load(ctx, up, want{master: a.notBefore, timeout: playlistTimeout}) // where it cannot be had, another may do
		}
	}
	for _, r := range known {
		if s := r.current(); s != nil && s.Generation >= up.Generation {
			timeline.VisitAssets(s.Playlist, links{f, r.name})
		}
	}
	return nil
}

// forgotten are those renditions that were played before a restart and not since, the ones that were played last first.
func forgotten(all []*rendition) (out []*rendition) {
	at := map[*rendition]time.Time{}
	for _, r := range all {
		if last, ok := r.timeline.Restored(); ok {
			at[r] = last
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *rendition) int { return at[b].Compare(at[a]) })
	return out[:min(len(out), maxNamers)]
}

// serveData answers session data, a session key, an asset or what else a playlist names. A playlist among them (an
// interstitial's) is written again like any other, with all that it names under addresses of this kind.
func (f *feed) serveData(w http.ResponseWriter, r *http.Request, name, suffix string) error {
	d := assetObject{f, name}
	res, _ := f.asset(name)
	switch {
	case res.Kind == assets.List:
		return f.serveAssetList(w, r, d, suffix)
	case res.Kind == assets.Playlist, isPlaylistName(res.URI):
		return f.serveAsset(w, r, d, suffix)
	}
	rd := f.store.Join(f.id+"/data/"+name, &sideFetcher{upstreamObject{fetcher: f.fetcher, at: d, what: d.pauseKey() + "/media"}})
	defer rd.Close()
	err := f.send(w, r, rd, "application/octet-stream")
	if errors.Is(err, errIsPlaylist) {
		return f.serveAsset(w, r, d, suffix)
	}
	return err
}

// sideFetcher fetches a assetObject. errIsPlaylist: it is a playlist, which must be rewritten.
type sideFetcher struct{ upstreamObject }

// Fetch returns the object from offset on.
func (s *sideFetcher) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o, err := s.upstreamObject.Fetch(ctx, offset)
	if err != nil {
		return nil, err
	}
	if b, ok := o.Body.(*peeked); ok && offset == 0 && hls.Sniff(b.head) != hls.NotPlaylist {
		_ = o.Body.Close()
		return nil, errIsPlaylist
	}
	return o, nil
}

func isPlaylistName(uri string) bool {
	uri, _, _ = strings.Cut(uri, "?")
	ext := strings.ToLower(path.Ext(uri))
	return ext == ".m3u8" || ext == ".m3u"
}

// serveAssetList answers the JSON of an X-ASSET-LIST with our addresses in it. What a player tells in the query goes
// on to the upstream (RFC 8216bis, appendix D.2): the list depends on it, so it is not kept.
func (f *feed) serveAssetList(w http.ResponseWriter, r *http.Request, d assetObject, suffix string) error {
	told := url.Values{}
	for _, k := range [...]string{"_HLS_primary_id", "_HLS_start_offset"} {
		if v := r.URL.Query(); v.Has(k) {
			told.Set(k, v.Get(k))
		}
	}
	var text []byte
	err := f.heal(r.Context(), d.pauseKey(), func(ctx context.Context, a attempt) error {
		e, named, err := d.locate(ctx, a)
		if err != nil {
			return err
		}
		text, err = f.readAssetList(ctx, a.up, e, told.Encode(), assetNames{f: f, suffix: suffix, parent: d.name})
		return at(err, levelPlaylist, named)
	})
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}

// readAssetList fetches the JSON of an X-ASSET-LIST and puts our addresses into it.
func (f *feed) readAssetList(ctx context.Context, up stream.Upstream, e entry, query string, n assetNames) ([]byte, error) {
	t, u, err := fetchChild(f.fetcher, e.Parent, e.URI, func(u *url.URL) (text, error) { return f.fetchText(ctx, up, u, query) })
	if err != nil {
		return nil, err
	}
	n.o = parentOf(e.Parent, up, t.base, u)
	list, err := hls.RewriteAssetList(nil, t.body, n.asset)
	if err != nil {
		return nil, failf(http.StatusBadGateway, "bad_asset_list", "%s: %v", t.base.String(), err)
	}
	return list, nil
}
