package proxy

import (
	"cmp"
	"context"
	"gridwall/backend/hls"
	"slices"
)

// Variant is one of a stream's qualities. Absent values are zero.
type Variant struct {
	// Name is the value of ?quality= that selects exactly this variant, and the folder of its playlist.
	Name string
	// Bandwidth and AverageBandwidth are in bit/s, Width and Height in pixels, FrameRate in frames a second.
	Bandwidth, AverageBandwidth int64
	Width, Height               int
	FrameRate                   float64
	// Codecs is the list of codecs (RFC 6381) as the upstream writes it.
	Codecs     string
	VideoRange string
}

// Variants returns the qualities of a stream, the best first; none if its URL is itself a media playlist. Variants that are
// each other's failover are listed once. The stream need not be active.
func (p *Proxy) Variants(ctx context.Context, id string) ([]Variant, error) {
	f, err := p.engine.Stream(id)
	if err != nil {
		return nil, err
	}
	m, err := f.LoadRoot(ctx)
	if err != nil {
		return nil, err
	}
	out := []Variant{}
	if m.Multi == nil {
		return out, nil
	}
	seen := map[string]bool{}
	for i := range m.Multi.Renditions {
		r := &m.Multi.Renditions[i]
		if r.Kind != hls.Variant || seen[m.Names[i]] {
			continue
		}
		seen[m.Names[i]] = true
		out = append(out, Variant{
			Name: m.Names[i], Bandwidth: r.Bandwidth, AverageBandwidth: r.AverageBandwidth, Width: r.Width, Height: r.Height,
			FrameRate: r.FrameRate, Codecs: r.Codecs, VideoRange: r.VideoRange,
		})
	}
	slices.SortStableFunc(out, func(a, b Variant) int {
		return cmp.Or(-cmp.Compare(a.Height, b.Height), -cmp.Compare(a.Bandwidth, b.Bandwidth))
	})
	return out, nil
}
