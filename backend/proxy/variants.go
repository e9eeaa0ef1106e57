package proxy

import (
	"cmp"
	"context"
	"gridwall/backend/hls"
	"slices"
)

// Variant is one quality of a stream. Attributes that its playlist lacks are 0 or "".
type Variant struct {
	Name             string  `json:"name" doc:"The value of ?quality= in the playback address that selects this variant, such as 1080p-6000k."`
	Bandwidth        int64   `json:"bandwidth" doc:"The peak bit rate, in bit/s."`
	AverageBandwidth int64   `json:"average_bandwidth" doc:"Bit/s."`
	Width            int     `json:"width" doc:"Pixels."`
	Height           int     `json:"height" doc:"Pixels."`
	FrameRate        float64 `json:"frame_rate" doc:"Frames per second."`
	Codecs           string  `json:"codecs" doc:"A list according to RFC 6381."`
	VideoRange       string  `json:"video_range" doc:"SDR, HLG or PQ."`
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
