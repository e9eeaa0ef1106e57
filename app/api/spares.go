package api

import (
	"context"

	"gridwall/app/api/fault"
	"gridwall/backend/spares"
)

// SpareList, SpareChoice and SpareSwitch are the types of backend/spares under names that are unique in the contract.
type (
	SpareList   spares.List
	SpareChoice spares.Choice
	SpareSwitch spares.Switch
	ActiveSpare spares.Feed
)

// spared knows the spares of streams; implemented by backend/spares.Service.
type spared interface {
	List(id string) (spares.List, error)
	Choose(id string, c spares.Choice) (spares.List, error)
	Feed(id string) *spares.Feed
	Switch(ctx context.Context, id string, sw spares.Switch) error
}

// Spares returns the spares of a stream: streams that show the same and take over when its own source fails. The stream need not be
// active.
func (a *API) Spares(_ context.Context, id string) (SpareList, error) {
	return fromSpares(a.o.Playback.Spares.List(id))
}

// PutSpares sets the spares of a stream by hand, or lets the rules decide again.
func (a *API) PutSpares(_ context.Context, id string, c SpareChoice) (SpareList, error) {
	return fromSpares(a.o.Playback.Spares.Choose(id, spares.Choice(c)))
}

func fromSpares(l spares.List, err error) (SpareList, error) {
	if err != nil {
		return SpareList{}, fault.AsError(err)
	}
	return SpareList(l), nil
}

// SwitchSpare makes an active stream play from another stream behind the same playback address, or from its own source again. It fails
// with fault.CodeIncompatible if that stream cannot continue the same playlists, and with fault.CodeUpstream if it cannot be read.
func (a *API) SwitchSpare(ctx context.Context, id string, sw SpareSwitch) (Active, error) {
	if err := a.o.Playback.Spares.Switch(ctx, id, spares.Switch(sw)); err != nil {
		return Active{}, fault.AsError(err)
	}
	for _, s := range a.o.Playback.Renewal.Active() {
		if s.ID == id {
			return a.active(s), nil
		}
	}
	return Active{}, fault.Errorf(fault.CodeNotActive, "stream %q is not active; GET /api/v1/active lists those that are", id)
}
