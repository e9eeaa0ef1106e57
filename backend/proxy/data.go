package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"gridwall/backend/hls"
	judge "gridwall/backend/media"
	"gridwall/backend/stream"
)

// dataKind is what is known of an address that stands outside of a media playlist's timeline.
type dataKind int

const (
	dataAny      dataKind = iota // its bytes decide: a playlist is written anew, all else is passed on
	dataPlaylist                 // an interstitial's asset, or a rendition of one
	dataList                     // the JSON of an X-ASSET-LIST
)

// errIsPlaylist tells that what was taken for bytes is a playlist.
var errIsPlaylist = errors.New("a playlist")

// dataOf is the kind of what a playlist names under a tag.
func dataOf(tag string) dataKind {
	switch tag {
	case "X-ASSET-URI":
		return dataPlaylist
	case "X-ASSET-LIST":
		return dataList
	}
	return dataAny
}

// dataName gives an address that is no part of a media playlist's timeline its token-free name. rend is the rendition
// whose playlist names it, nil for another's.
func (f *feed) dataName(uri string, kind dataKind, o *origin, rend *rendition) string {
	what := uri
	if ref, err := url.Parse(uri); err == nil {
		u := o.base.ResolveReference(ref)
		what = identity(u.String())
		// Edges change, the hosts of others (an advertisement's, a key server's) do not: there the host is part of the name.
		if u.Host != o.base.Host {
			what = u.Host + what
		}
	}
	sum := sha256.Sum256([]byte(what))
	name := hex.EncodeToString(sum[:10])
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.data) >= maxData {
		clear(f.data)
	}
	f.data[name] = resource{uri: uri, rng: hls.ByteRange{Length: -1}, origin: o, data: kind, rend: rend}
	return name
}

func (f *feed) dataNamed(name string) (resource, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	res, ok := f.data[name]
	return res, ok
}

// findData is the finder of what stands outside a media playlist's timeline, by its name.
func (f *feed) findData(name string) finder {
	return func(ctx context.Context, up stream.Upstream, fresh time.Time) (entry, time.Time, error) {
		res, ok := f.dataNamed(name)
		if !ok || res.origin.generation != up.Generation || !fresh.IsZero() {
			if err := f.nameAll(ctx, up, fresh, res.rend); err != nil {
				return entry{}, time.Time{}, err
			}
			if res, ok = f.dataNamed(name); !ok {
				return entry{}, time.Time{}, errNotFound
			}
		}
		return entry{uri: res.uri, rng: res.rng, origin: res.origin, listed: true, expected: expected{want: judge.WantData}}, time.Time{}, nil
	}
}

// nameAll reads the playlists anew that name addresses of this kind: writing them makes these known. With rend it is
// that rendition's playlist which names the one that is wanted.
func (f *feed) nameAll(ctx context.Context, up stream.Upstream, fresh time.Time, rend *rendition) error {
	m, err := f.load(ctx, up, fresh)
	if err != nil {
		return err
	}
	if m.multi != nil {
		m.multi.Render(nil, &masterNames{f: f, m: m})
	}
	var known []*rendition
	if rend != nil {
		if _, err := rend.load(ctx, up, want{playlist: fresh, master: fresh, timeout: playlistTimeout}); err != nil {
			return err
		}
		known = []*rendition{rend}
	} else {
		f.mu.Lock()
		for _, r := range f.renditions {
			known = append(known, r)
		}
		f.mu.Unlock()
	}
	for _, r := range known {
		if s := r.current(); s != nil && s.generation >= up.Generation {
			s.media.Render(nil, &mediaNames{f: f, r: r, l: s.listing}, hls.Shift{})
		}
	}
	return nil
}

// serveData answers session data, a session key, an asset or what else a playlist names. A playlist among them (an
// interstitial's) is written anew like any other, with all that it names under addresses of this kind.
func (f *feed) serveData(w http.ResponseWriter, r *http.Request, name, suffix string) error {
	find := f.findData(name)
	res, _ := f.dataNamed(name)
	switch {
	case res.data == dataList:
		return f.serveAssetList(w, r, name, find, suffix)
	case res.data == dataPlaylist, isPlaylistName(res.uri):
		return f.serveAsset(w, r, name, find, suffix)
	}
	open := f.open("data-"+name, find, nil)
	rd := f.p.cache.join(f.id+"/data/"+name, func(ctx context.Context, offset int64) (*opened, error) {
		o, err := open(ctx, offset)
		if err != nil {
			return nil, err
		}
		if b, ok := o.body.(*peeked); ok && offset == 0 && hls.Sniff(b.head) != hls.NotPlaylist {
			_ = o.body.Close()
			return nil, errIsPlaylist
		}
		return o, nil
	})
	defer rd.close()
	err := f.stream(w, r, rd, "application/octet-stream")
	if errors.Is(err, errIsPlaylist) {
		return f.serveAsset(w, r, name, find, suffix)
	}
	return err
}

func isPlaylistName(uri string) bool {
	uri, _, _ = strings.Cut(uri, "?")
	ext := strings.ToLower(path.Ext(uri))
	return ext == ".m3u8" || ext == ".m3u"
}

// serveAssetList answers the JSON of an X-ASSET-LIST with our addresses in it. What a player tells in the query goes
// on to the upstream (RFC 8216bis, appendix D.2): the list depends on it, so it is not kept.
func (f *feed) serveAssetList(w http.ResponseWriter, r *http.Request, name string, find finder, suffix string) error {
	told := url.Values{}
	for _, k := range [...]string{"_HLS_primary_id", "_HLS_start_offset"} {
		if v := r.URL.Query(); v.Has(k) {
			told.Set(k, v.Get(k))
		}
	}
	var text []byte
	err := f.heal(r.Context(), "data-"+name, func(ctx context.Context, up stream.Upstream, fresh time.Time) error {
		e, named, err := find(ctx, up, fresh)
		if err != nil {
			return err
		}
		u, err := f.resolve(e.origin, e.uri)
		if err != nil {
			return err
		}
		body, base, err := f.fetchText(ctx, up, u, told.Encode())
		if v := f.inherited(err, e.origin, u); v != nil {
			if b2, base2, err2 := f.fetchText(ctx, up, v, told.Encode()); err2 == nil {
				f.inherits(u.Host)
				body, base, err, u = b2, base2, nil, v
			}
		}
		if err != nil {
			return at(err, levelPlaylist, named)
		}
		n := assetNames{f: f, o: &origin{base: base, tokens: tokensOf(e.origin.tokens, base, u), generation: up.Generation}, suffix: suffix}
		text, err = hls.RewriteAssetList(nil, body, n.asset)
		if err != nil {
			return failf(http.StatusBadGateway, "bad_asset_list", "%s: %v", base.String(), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}
