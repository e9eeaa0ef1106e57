package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
)

// dataKind is what is known of an address that stands outside of a media playlist's timeline.
type dataKind int

const (
	dataAny      dataKind = iota // its bytes decide: a playlist is written again, all else is passed on
	dataPlaylist                 // an interstitial's asset, or a rendition of one
	dataList                     // the JSON of an X-ASSET-LIST
	dataKey                      // a session key of 16 bytes, dataKey256 one of 32
	dataKey256
)

// errIsPlaylist: what was taken for bytes is a playlist.
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

// maxLineage bounds how many addresses of this kind one stands below: an asset list, its asset's multivariant playlist, a
// media playlist of that, a segment. What stands deeper does not say in its name what it was named by.
const maxLineage = 5

// dataName gives an address that is no part of a media playlist's timeline its token-free name. rend is the rendition
// whose playlist names it, nil for another's. parent is the name of the asset that names it, "" for none: it becomes part
// of the name, so that after a restart, or with a fresh token, the address can be found again where it was named.
func (f *feed) dataName(uri string, kind dataKind, o *origin, rend *rendition, parent string) string {
	what := uri
	if u, err := httpclient.Resolve(o.base, uri); err == nil {
		what = identity(u.String())
		// Edges change, the hosts of others (an advertisement's, a key server's) do not: there the host is part of the name.
		if u.Host != o.base.Host {
			what = u.Host + what
		}
	}
	sum := sha256.Sum256([]byte(what))
	name := hex.EncodeToString(sum[:10])
	if parent != "" && strings.Count(parent, "-") < maxLineage-1 {
		name += "-" + parent
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.data.put(name, resource{uri: uri, rng: hls.ByteRange{Length: -1}, origin: o, data: kind, rend: rend}, time.Now())
	return name
}

func (f *feed) dataNamed(name string) (resource, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.data.use(name, time.Now()); d != nil {
		return d.resource, true
	}
	return resource{}, false
}

// findData is the finder of what stands outside a media playlist's timeline, by its name.
func (f *feed) findData(name string) finder {
	return func(ctx context.Context, up stream.Upstream, fresh time.Time) (entry, time.Time, error) {
		res, ok := f.dataNamed(name)
		if !ok || !fresh.IsZero() || res.origin.generation < up.Generation && !f.sought(name, up.Generation) {
			err := f.nameAgain(ctx, up, fresh, name, res.rend)
			_, _, nested := strings.Cut(name, "-")
			// Where reading failed for a moment the address is looked for again: the one that is known holds an older token. An
			// asset that is gone or refused stays so, and what it named has to do without it.
			if _, was := asRefused(err); err == nil || nested && was {
				f.setSought(name, up.Generation)
			}
			again, found := f.dataNamed(name)
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
		return entry{uri: res.uri, rng: res.rng, origin: res.origin, listed: true, expected: res.data.expects()}, time.Time{}, nil
	}
}

// sought reports whether what names the address was read under this generation of the token, and does not name it any more:
// a list of assets can differ each time. The address that is known has to do then, until it is refused.
func (f *feed) sought(name string, generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.data.get(name); d != nil && d.soughtUnder >= generation {
		return true
	}
	_, parent, _ := strings.Cut(name, "-")
	d := f.data.get(parent)
	return d != nil && d.readUnder >= generation
}

func (f *feed) setSought(name string, generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.data.get(name); d != nil {
		d.soughtUnder = max(d.soughtUnder, generation)
	}
}

// nameAgain reads and writes again what names the address: writing a playlist makes known what it names.
func (f *feed) nameAgain(ctx context.Context, up stream.Upstream, fresh time.Time, name string, rend *rendition) error {
	if _, parent, nested := strings.Cut(name, "-"); nested {
		return f.nameChildren(ctx, up, fresh, parent)
	}
	return f.nameAll(ctx, up, fresh, rend)
}

// nameChildren reads an asset's playlist, or its list, again. Requests at the same time share one reading, and those that
// come right after it need none.
func (f *feed) nameChildren(ctx context.Context, up stream.Upstream, fresh time.Time, parent string) error {
	needed := fresh
	if needed.IsZero() {
		needed = time.Now().Add(-missAge)
	}
	f.mu.Lock()
	d := f.data.get(parent)
	young := d != nil && d.origin.generation >= up.Generation && !d.read.Before(needed)
	f.mu.Unlock()
	if young {
		return nil
	}
	_, err := f.once(ctx, "children/"+parent+"/"+strconv.FormatUint(up.Generation, 10), func(ctx context.Context) (any, error) {
		e, _, err := f.findData(parent)(ctx, up, fresh)
		if err != nil {
			return nil, err
		}
		now := time.Now()
		if res, _ := f.dataNamed(parent); res.data == dataList {
			_, err = f.readAssetList(ctx, up, e, "", assetNames{f: f, parent: parent})
		} else {
			_, err = f.readAsset(ctx, up, e, assetNames{f: f, parent: parent})
		}
		if err != nil {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if d := f.data.get(parent); d != nil {
			d.read, d.readUnder = now, up.Generation
		}
		return nil, nil
	})
	return err
}

// maxNamers bounds the renditions whose playlists are read for an address that none of the known playlists names.
const maxNamers = 4

// nameAll reads the playlists again that name addresses of this kind. With rend it is that rendition's playlist which names
// the one that is wanted. Without it, it may be that of a rendition which nobody has asked for since a restart.
func (f *feed) nameAll(ctx context.Context, up stream.Upstream, fresh time.Time, rend *rendition) error {
	if rend == nil && fresh.IsZero() {
		f.mu.Lock()
		young := f.namedAll.generation >= up.Generation && time.Since(f.namedAll.at) < missAge
		f.mu.Unlock()
		if young { // anyone who asks for what nothing names costs no more than this
			return nil
		}
	}
	key := "names/" + strconv.FormatUint(up.Generation, 10) + "/" + strconv.FormatInt(fresh.UnixNano(), 10)
	if rend != nil {
		key += "/" + rend.name
	}
	_, err := f.once(ctx, key, func(ctx context.Context) (any, error) {
		now := time.Now()
		if err := f.readNames(ctx, up, fresh, rend); err != nil || rend != nil {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.namedAll.generation, f.namedAll.at = up.Generation, now
		return nil, nil
	})
	return err
}

func (f *feed) readNames(ctx context.Context, up stream.Upstream, fresh time.Time, rend *rendition) error {
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
		for _, r := range forgotten(known) {
			_, _ = r.load(ctx, up, want{master: fresh, timeout: playlistTimeout}) // where it cannot be had, another may do
		}
	}
	for _, r := range known {
		if s := r.current(); s != nil && s.generation >= up.Generation {
			s.media.Render(nil, &mediaNames{f: f, r: r, l: s.listing}, hls.Shift{})
		}
	}
	return nil
}

// forgotten are those renditions that were played before a restart and not since, the ones that were played last first.
func forgotten(all []*rendition) (out []*rendition) {
	at := map[*rendition]time.Time{}
	for _, r := range all {
		r.mu.Lock()
		if r.snap == nil && r.numbering.Anchor != nil {
			at[r] = r.numbering.Anchor.At
			out = append(out, r)
		}
		r.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b *rendition) int { return at[b].Compare(at[a]) })
	return out[:min(len(out), maxNamers)]
}

// serveData answers session data, a session key, an asset or what else a playlist names. A playlist among them (an
// interstitial's) is written again like any other, with all that it names under addresses of this kind.
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
		text, err = f.readAssetList(ctx, up, e, told.Encode(), assetNames{f: f, suffix: suffix, parent: name})
		return at(err, levelPlaylist, named)
	})
	if err != nil {
		return err
	}
	return writeText(w, http.StatusOK, "application/json", text)
}

// readAssetList fetches the JSON of an X-ASSET-LIST and puts our addresses into it.
func (f *feed) readAssetList(ctx context.Context, up stream.Upstream, e entry, query string, n assetNames) ([]byte, error) {
	u, err := f.resolve(e.origin, e.uri)
	if err != nil {
		return nil, err
	}
	body, base, err := f.fetchText(ctx, up, u, query)
	if v := f.inherited(err, e.origin, u); v != nil {
		if b2, base2, err2 := f.fetchText(ctx, up, v, query); err2 == nil {
			f.inherits(u.Host)
			body, base, err, u = b2, base2, nil, v
		}
	}
	if err != nil {
		return nil, err
	}
	n.o = e.origin.child(up, base, u)
	text, err := hls.RewriteAssetList(nil, body, n.asset)
	if err != nil {
		return nil, failf(http.StatusBadGateway, "bad_asset_list", "%s: %v", base.String(), err)
	}
	return text, nil
}
