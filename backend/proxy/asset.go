package proxy

import (
	"context"
	"net/http"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/hls"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// serveAsset answers an interstitial's playlist, or another that stands outside of the stream's own.
func (f *feed) serveAsset(w http.ResponseWriter, r *http.Request, d assetObject, suffix string) error {
	var text []byte
	err := f.heal(r.Context(), d.pauseKey(), func(ctx context.Context, a attempt) error {
		e, named, err := d.locate(ctx, a)
		if err != nil {
			return err
		}
		text, err = f.readAsset(ctx, a.up, e, assetNames{f: f, suffix: suffix, parent: d.name})
		return at(err, levelPlaylist, named)
	})
	if err != nil {
		return err
	}
	return writePlaylist(w, text)
}

// readAsset fetches a playlist and puts our addresses into it.
func (f *feed) readAsset(ctx context.Context, up stream.Upstream, e entry, n assetNames) ([]byte, error) {
	body, o, err := f.playlist(ctx, up, e.Parent, e.URI, "", playlistTimeout)
	if err != nil {
		return nil, err
	}
	n.o = o
	if hls.Sniff(body) == hls.KindMultivariant {
		m, err := hls.ParseMultivariant(body, hls.Env{URL: o.URL})
		if err != nil {
			return nil, badPlaylist(o.URL, err)
		}
		return m.Render(nil, assetMaster{assetNames: n, m: m}), nil
	}
	m, err := hls.ParseMedia(body, hls.Env{URL: o.URL})
	if err != nil {
		return nil, badPlaylist(o.URL, err)
	}
	return m.Render(nil, assetMedia{assetNames: n, m: m}, hls.Shift{}), nil
}

// assetNames writes addresses of the kind data-…. parent is the name of the asset that they stand in.
type assetNames struct {
	f      *feed
	o      *timeline.Parent
	suffix string
	parent string
}

func (n assetNames) name(dst []byte, uri string) []byte { return n.as(dst, uri, assets.Any) }

func (n assetNames) asset(dst []byte, uri string, playlist bool) []byte {
	if playlist {
		return n.as(dst, uri, assets.Playlist)
	}
	return n.as(dst, uri, assets.Any)
}

func (n assetNames) as(dst []byte, uri string, kind assets.Kind) []byte {
	dst = append(dst, "data-"...)
	dst = append(dst, n.f.assets.Name(assets.Asset{URI: uri, Parent: n.o, Kind: kind}, n.parent, time.Now())...)
	return append(dst, n.suffix...)
}

type assetMaster struct {
	assetNames
	m *hls.Multivariant
}

func (n assetMaster) Rendition(dst []byte, i int) []byte {
	return n.as(dst, n.m.Renditions[i].URI, assets.Playlist)
}
func (n assetMaster) Resource(dst []byte, i int) []byte { return n.name(dst, n.m.Resources[i].URI) }

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
func (n assetMedia) Key(dst []byte, k int) []byte  { return n.name(dst, n.m.Keys[k].URI) }
func (n assetMedia) Map(dst []byte, k int) []byte  { return n.name(dst, n.m.Maps[k].URI) }
func (n assetMedia) Hint(dst []byte, k int) []byte { return n.name(dst, n.m.Hints[k].URI) }
func (n assetMedia) Asset(dst []byte, k int) []byte {
	return n.as(dst, n.m.Assets[k].URI, assets.KindOf(n.m.Assets[k].Tag))
}
func (n assetMedia) Report(dst []byte, k int) ([]byte, int64, bool) {
	return n.as(dst, n.m.Reports[k].URI, assets.Playlist), 0, true
}
