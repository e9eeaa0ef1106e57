package api

import (
	"context"
	"errors"

	"gridwall/app/api/fault"
	"gridwall/backend/proxy"
	"gridwall/backend/stream"
)

// Variant is one quality of a stream.
type Variant = proxy.Variant

// VariantList is the response of Variants: the best first; empty for a stream with only one quality.
type VariantList struct {
	Variants []Variant `json:"variants" nullable:"false"`
	Count    int       `json:"count"`
}

// Variants returns the qualities of a stream in its current playlist. The stream need not be active. It fails with
// fault.CodeUnknownStream if no extraction found the stream, and with fault.CodeUpstream if its playlist cannot be fetched.
func (a *API) Variants(ctx context.Context, id string) (VariantList, error) {
	out := VariantList{Variants: []Variant{}}
	list, err := a.o.Playback.Player.Variants(ctx, id)
	switch {
	case errors.Is(err, stream.ErrUnknownStream), ctx.Err() != nil:
		return out, fault.AsError(errors.Join(err, ctx.Err()))
	case err != nil:
		return out, fault.Errorf(fault.CodeUpstream, "the stream's playlist cannot be read: %s", proxy.Message(err))
	}
	out.Variants = append(out.Variants, list...)
	out.Count = len(out.Variants)
	return out, nil
}
