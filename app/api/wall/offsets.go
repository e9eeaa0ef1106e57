package wall

import (
	"context"

	"gridwall/app/api/fault"
	"gridwall/backend/offsets"
)

// OffsetList is the response of Offsets and PutOffsets.
type OffsetList offsets.List

// OffsetChange asks for offsets to be set or deleted.
type OffsetChange offsets.Change

// Offsets lists the offsets of feeds and of kinds of feeds.
func (f *Facade) Offsets(context.Context) (OffsetList, error) {
	list, err := f.o.Offsets.All()
	if err != nil {
		return OffsetList{}, fault.AsError(err)
	}
	return OffsetList(list), nil
}

// PutOffsets sets or deletes the offsets that change names, all or none. It leaves all others as they are.
func (f *Facade) PutOffsets(_ context.Context, change OffsetChange) (OffsetList, error) {
	list, err := f.o.Offsets.Put(offsets.Change(change))
	if err != nil {
		return OffsetList{}, fault.AsError(err)
	}
	return OffsetList(list), nil
}
