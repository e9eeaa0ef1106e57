package playback

import (
	"context"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// ReadAsset fetches a playlist and puts our addresses into it.
func (f *Stream) ReadAsset(ctx context.Context, up stream.Upstream, e fetch.Object, n AssetNames) ([]byte, error) {
	body, o, err := f.Playlist(ctx, up, e.Parent, e.URI, "", fetch.PlaylistTimeout)
	if err != nil {
		return nil, err
	}
	n.o = o
	if hls.Sniff(body) == hls.KindMultivariant {
		m, err := hls.ParseMultivariant(body, hls.Env{URL: o.URL})
		if err != nil {
			return nil, badPlaylist(o.URL, err)
		}
		return m.Render(nil, assetMaster{AssetNames: n, m: m}), nil
	}
	m, err := hls.ParseMedia(body, hls.Env{URL: o.URL})
	if err != nil {
		return nil, badPlaylist(o.URL, err)
	}
	return m.Render(nil, assetMedia{AssetNames: n, m: m}, hls.Shift{}), nil
}

// AssetNames writes addresses of the kind data-…. parent is the name of the asset that they stand in.
type AssetNames struct {
	Stream *Stream
	o      *timeline.Parent
	Suffix string
	Parent string
}

func (n AssetNames) name(dst []byte, uri string) []byte { return n.as(dst, uri, assets.Any) }

func (n AssetNames) Asset(dst []byte, uri string, playlist bool) []byte {
	if playlist {
		return n.as(dst, uri, assets.Playlist)
	}
	return n.as(dst, uri, assets.Any)
}

func (n AssetNames) as(dst []byte, uri string, kind assets.Kind) []byte {
	dst = append(dst, "data-"...)
	dst = append(dst, n.Stream.Assets.Name(assets.Asset{URI: uri, Parent: n.o, Kind: kind}, n.Parent, time.Now())...)
	return append(dst, n.Suffix...)
}

type assetMaster struct {
	AssetNames
	m *hls.Multivariant
}

func (n assetMaster) Rendition(dst []byte, i int) []byte {
	return n.as(dst, n.m.Renditions[i].URI, assets.Playlist)
}
func (n assetMaster) Resource(dst []byte, i int) []byte { return n.name(dst, n.m.Resources[i].URI) }

type assetMedia struct {
	AssetNames
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
