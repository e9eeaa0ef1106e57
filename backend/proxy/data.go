package proxy

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/stream"
)

// findData is the finder of what stands outside a media playlist's timeline, by its name.
func (f *feed) findData(name string) finder {
	look := func() (resource, bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		res, ok := f.data[name]
		return res, ok
	}
	return func(ctx context.Context, up stream.Upstream, fresh time.Time) (entry, time.Time, error) {
		res, ok := look()
		if !ok || res.origin.generation != up.Generation || !fresh.IsZero() {
			m, err := f.load(ctx, up, fresh)
			if err != nil {
				return entry{}, time.Time{}, err
			}
			if m.multi != nil { // writing it makes what it names known
				m.multi.Render(nil, &masterNames{f: f, m: m})
			}
			if res, ok = look(); !ok {
				return entry{}, time.Time{}, errNotFound
			}
		}
		return entry{uri: res.uri, rng: hls.ByteRange{Length: -1}, origin: res.origin, listed: true}, time.Time{}, nil
	}
}

// serveData answers session data, a session key or an asset. A playlist among them (an interstitial's) is written anew
// like any other, with all that it names under addresses of this kind.
func (f *feed) serveData(w http.ResponseWriter, r *http.Request, name, suffix string) error {
	find := f.findData(name)
	f.mu.Lock()
	uri := f.data[name].uri
	f.mu.Unlock()
	uri, _, _ = strings.Cut(uri, "?")
	if ext := strings.ToLower(path.Ext(uri)); ext == ".m3u8" || ext == ".m3u" {
		return f.serveAsset(w, r, name, find, suffix)
	}
	rd := f.p.cache.join(f.id+"/data/"+name, f.open("data-"+name, find, nil))
	defer rd.close()
	return f.stream(w, r, rd, "application/octet-stream")
}

func (f *feed) serveAsset(w http.ResponseWriter, r *http.Request, name string, find finder, suffix string) error {
	var text []byte
	err := f.heal(r.Context(), "data-"+name, func(ctx context.Context, up stream.Upstream, fresh time.Time) error {
		e, named, err := find(ctx, up, fresh)
		if err != nil {
			return err
		}
		body, o, err := f.playlist(ctx, up, e.origin, e.uri, "", playlistTimeout)
		if err != nil {
			return at(err, levelPlaylist, named)
		}
		text, err = f.writeAsset(body, o, suffix)
		return err
	})
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}

func (f *feed) writeAsset(body []byte, o *origin, suffix string) ([]byte, error) {
	n := assetNames{f: f, o: o, suffix: suffix}
	if hls.Sniff(body) == hls.KindMultivariant {
		m, err := hls.ParseMultivariant(body, hls.Env{URL: o.base})
		if err != nil {
			return nil, badPlaylist(o.base, err)
		}
		return m.Render(nil, assetMaster{assetNames: n, m: m}), nil
	}
	m, err := hls.ParseMedia(body, hls.Env{URL: o.base})
	if err != nil {
		return nil, badPlaylist(o.base, err)
	}
	return m.Render(nil, assetMedia{assetNames: n, m: m}, hls.Shift{}), nil
}

// assetNames writes addresses of the kind data-….
type assetNames struct {
	f      *feed
	o      *origin
	suffix string
}

func (n assetNames) name(dst []byte, uri string) []byte {
	dst = append(dst, "data-"...)
	dst = append(dst, n.f.dataName(uri, hls.ByteRange{Length: -1}, n.o)...)
	return append(dst, n.suffix...)
}

type assetMaster struct {
	assetNames
	m *hls.Multivariant
}

func (n assetMaster) Rendition(dst []byte, i int) []byte { return n.name(dst, n.m.Renditions[i].URI) }
func (n assetMaster) Resource(dst []byte, i int) []byte  { return n.name(dst, n.m.Resources[i].URI) }

type assetMedia struct {
	assetNames
	m *hls.Media
}

func (n assetMedia) Segment(dst []byte, i int) []byte { return n.name(dst, n.m.Segments[i].URI) }
func (n assetMedia) Part(dst []byte, s, p int) []byte {
	parts := n.m.Open
	if s < len(n.m.Segments) {
		parts = n.m.Segments[s].Parts
	}
	return n.name(dst, parts[p].URI)
}
func (n assetMedia) Key(dst []byte, k int) []byte   { return n.name(dst, n.m.Keys[k].URI) }
func (n assetMedia) Map(dst []byte, k int) []byte   { return n.name(dst, n.m.Maps[k].URI) }
func (n assetMedia) Hint(dst []byte, k int) []byte  { return n.name(dst, n.m.Hints[k].URI) }
func (n assetMedia) Asset(dst []byte, k int) []byte { return n.name(dst, n.m.Assets[k].URI) }
func (n assetMedia) Report(dst []byte, k int) ([]byte, int64, bool) {
	return n.name(dst, n.m.Reports[k].URI), 0, true
}
