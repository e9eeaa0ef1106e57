package assets

import (
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/timeline"
)

// Names rewrites a playlist or list outside the timelines, an interstitial's playlist for example: it replaces the addresses
// with names of a Table.
type Names struct {
	Table *Table
	// At is the playlist or list that contains the addresses, Parent its own name.
	At     *timeline.Parent
	Parent string
	// Suffix is appended to each new address.
	Suffix string
}

// Playlist returns the text of a playlist with the new addresses, or the error of parsing it.
func (n Names) Playlist(body []byte) ([]byte, error) {
	if hls.Sniff(body) == hls.KindMultivariant {
		m, err := hls.ParseMultivariant(body, hls.Env{URL: n.At.URL})
		if err != nil {
			return nil, err
		}
		return m.Render(nil, multivariantNames{n, m}), nil
	}
	m, err := hls.ParseMedia(body, hls.Env{URL: n.At.URL})
	if err != nil {
		return nil, err
	}
	return m.Render(nil, mediaNames{n, m}, hls.Shift{}), nil
}

// List returns the JSON of an X-ASSET-LIST with the new addresses.
func (n Names) List(body []byte) ([]byte, error) {
	return hls.RewriteAssetList(nil, body, n.appendListed)
}

func (n Names) appendListed(dst []byte, uri string, playlist bool) []byte {
	if playlist {
		return n.append(dst, uri, Playlist)
	}
	return n.append(dst, uri, Any)
}

// append appends the new address of uri to dst.
func (n Names) append(dst []byte, uri string, kind Kind) []byte {
	dst = append(dst, "data-"...)
	dst = append(dst, n.Table.Name(Asset{URI: uri, Parent: n.At, Kind: kind}, n.Parent, time.Now())...)
	return append(dst, n.Suffix...)
}

type multivariantNames struct {
	Names
	m *hls.Multivariant
}

func (n multivariantNames) Rendition(dst []byte, i int) []byte {
	return n.append(dst, n.m.Renditions[i].URI, Playlist)
}
func (n multivariantNames) Resource(dst []byte, i int) []byte {
	return n.append(dst, n.m.Resources[i].URI, Any)
}

type mediaNames struct {
	Names
	m *hls.Media
}

func (n mediaNames) Segment(dst []byte, i int) []byte { return n.append(dst, n.m.Segments[i].URI, Any) }
func (n mediaNames) Part(dst []byte, s, p int) []byte {
	parts := n.m.Open
	if s < len(n.m.Segments) {
		parts = n.m.Segments[s].Parts
	}
	return n.append(dst, parts[p].URI, Any)
}
func (n mediaNames) Key(dst []byte, k int) []byte  { return n.append(dst, n.m.Keys[k].URI, Any) }
func (n mediaNames) Map(dst []byte, k int) []byte  { return n.append(dst, n.m.Maps[k].URI, Any) }
func (n mediaNames) Hint(dst []byte, k int) []byte { return n.append(dst, n.m.Hints[k].URI, Any) }
func (n mediaNames) Asset(dst []byte, k int) []byte {
	return n.append(dst, n.m.Assets[k].URI, KindOf(n.m.Assets[k].Tag))
}
func (n mediaNames) Report(dst []byte, k int) ([]byte, int64, bool) {
	return n.append(dst, n.m.Reports[k].URI, Playlist), 0, true
}
