package api

import (
	"context"
	"errors"

	"gridwall/backend/proxy"
	"gridwall/backend/stream"
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

// VariantList is the response of Variants: the best first; empty for a stream with only one quality.
type VariantList struct {
	Variants []Variant `json:"variants" nullable:"false"`
	Count    int       `json:"count"`
}

// Variants returns the qualities of a stream in its current playlist. The stream need not be active. It fails with
// CodeUnknownStream if no extraction found the stream, and with CodeUpstream if its playlist cannot be fetched.
func (a *API) Variants(ctx context.Context, id string) (VariantList, error) {
	out := VariantList{Variants: []Variant{}}
	list, err := a.o.Playback.Player.Variants(ctx, id)
	switch {
	case errors.Is(err, stream.ErrUnknownStream), ctx.Err() != nil:
		return out, AsError(errors.Join(err, ctx.Err()))
	case err != nil:
		return out, Errorf(CodeUpstream, "the stream's playlist cannot be read: %s", proxy.Message(err))
	}
	for _, v := range list {
		out.Variants = append(out.Variants, Variant(v))
	}
	out.Count = len(out.Variants)
	return out, nil
}
