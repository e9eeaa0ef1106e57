package api

import (
	"context"
	"errors"

	"gridwall/backend/proxy"
	"gridwall/backend/stream"
)

// Variant is one quality of a stream. 0 and "" are for attributes that its playlist lacks.
type Variant struct {
	Name             string  `json:"name" doc:"What ?quality= of the playback address takes to mean this very variant, such as 1080p-6000k."`
	Bandwidth        int64   `json:"bandwidth" doc:"Bit/s at most."`
	AverageBandwidth int64   `json:"average_bandwidth" doc:"Bit/s."`
	Width            int     `json:"width" doc:"Pixels."`
	Height           int     `json:"height" doc:"Pixels."`
	FrameRate        float64 `json:"frame_rate" doc:"Frames a second."`
	Codecs           string  `json:"codecs" doc:"The list of RFC 6381."`
	VideoRange       string  `json:"video_range" doc:"SDR, HLG or PQ."`
}

// VariantList answers Variants: the best first; empty for a stream that comes in one quality alone.
type VariantList struct {
	Variants []Variant `json:"variants" nullable:"false"`
	Count    int       `json:"count"`
}

// Variants lists the qualities of a stream as its playlist names them now. It need not be active. CodeUnknownStream
// where no extraction found it, CodeUpstream where its playlist cannot be had.
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
