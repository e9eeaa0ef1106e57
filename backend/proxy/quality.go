package proxy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/renditions"
)

// Variant is one of the qualities that a stream comes in. Absent values are zero.
type Variant struct {
	// Name is what ?quality= takes to mean this very variant, and its playlist's folder.
	Name string
	// Bandwidth and AverageBandwidth are in bit/s, Width and Height in pixels, FrameRate in frames a second.
	Bandwidth, AverageBandwidth int64
	Width, Height               int
	FrameRate                   float64
	// Codecs is the list of RFC 6381, as the upstream writes it.
	Codecs     string
	VideoRange string
}

// Variants lists the qualities of a stream, the best first; none where its URL is itself a media playlist. Variants
// that are each other's failover are one. The stream need not be active.
func (p *Proxy) Variants(ctx context.Context, id string) ([]Variant, error) {
	f, err := p.feed(id)
	if err != nil {
		return nil, err
	}
	m, err := f.masterNow(ctx)
	if err != nil {
		return nil, err
	}
	out := []Variant{}
	if m.multi == nil {
		return out, nil
	}
	seen := map[string]bool{}
	for i := range m.multi.Renditions {
		r := &m.multi.Renditions[i]
		if r.Kind != hls.Variant || seen[m.names[i]] {
			continue
		}
		seen[m.names[i]] = true
		out = append(out, Variant{
			Name: m.names[i], Bandwidth: r.Bandwidth, AverageBandwidth: r.AverageBandwidth, Width: r.Width, Height: r.Height,
			FrameRate: r.FrameRate, Codecs: r.Codecs, VideoRange: r.VideoRange,
		})
	}
	slices.SortStableFunc(out, func(a, b Variant) int {
		return cmp.Or(-cmp.Compare(a.Height, b.Height), -cmp.Compare(a.Bandwidth, b.Bandwidth))
	})
	return out, nil
}

// masterNow is what stands at the stream's URL, not older than it is shown to a viewer.
func (f *feed) masterNow(ctx context.Context) (m *master, err error) {
	newer := time.Now().Add(-masterAge)
	err = f.heal(ctx, "", func(ctx context.Context, a attempt) (err error) {
		if newer.Before(a.notBefore) {
			newer = a.notBefore
		}
		m, err = f.load(ctx, a.up, newer)
		return err
	})
	if err != nil {
		if last := f.lastMaster(err); last != nil {
			return last, nil
		}
	}
	return m, err
}

// offered says which renditions are listed for a viewer who asks for a quality: the name of a variant, or what
// renditions.ParseQuality reads. nil: all.
func (m *master) offered(quality string) []bool {
	if quality == "" {
		return nil
	}
	if keep := renditions.Keep(m.multi, func(i int) bool { return m.names[i] == quality }); keep != nil {
		return keep
	}
	return renditions.Select(m.multi, renditions.ParseQuality(quality))
}
