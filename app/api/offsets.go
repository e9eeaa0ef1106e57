package api

import (
	"context"

	"gridwall/backend/offsets"
)

// OffsetList is the response of Offsets and PutOffsets.
type OffsetList offsets.List

// OffsetChange asks for offsets to be set or deleted.
type OffsetChange offsets.Change

// Offsets lists the offsets of feeds and of kinds of feeds.
func (a *API) Offsets(context.Context) (OffsetList, error) {
	list, err := a.o.Offsets.All()
	if err != nil {
		return OffsetList{}, AsError(err)
	}
	return OffsetList(list), nil
}

// PutOffsets sets or deletes the offsets that change names, all or none. It leaves all others as they are.
func (a *API) PutOffsets(_ context.Context, change OffsetChange) (OffsetList, error) {
	list, err := a.o.Offsets.Put(offsets.Change(change))
	if err != nil {
		return OffsetList{}, AsError(err)
	}
	return OffsetList(list), nil
}
