package wall

import (
	"context"
	"encoding/json"

	"gridwall/app/api/fault"
	"gridwall/backend/walls"
)

// Wall is a wall of feeds that was saved under a name.
type Wall = walls.Wall

// Layouts is the document of the grid's layouts: the client's own JSON, stored unchanged.
type Layouts = json.RawMessage

// WallList is the response of Walls, sorted by name.
type WallList struct {
	Walls []Wall `json:"walls" nullable:"false"`
}

// Walls lists the saved walls.
func (f *Facade) Walls(context.Context) (WallList, error) {
	list, err := f.o.Walls.All()
	if err != nil {
		return WallList{}, fault.AsError(err)
	}
	return WallList{Walls: append([]Wall{}, list...)}, nil
}

// Wall returns one saved wall, or fault.CodeUnknownWall.
func (f *Facade) Wall(_ context.Context, name string) (Wall, error) {
	return fromWall(f.o.Walls.Get(name))
}

// PutWall saves a wall, a JSON object of at most 64 KiB, under a name. revision is that of the wall it replaces: "0" if there is
// none, "*" for any, "" to save only if the name is free. It fails with fault.CodeStale if the saved wall has another revision, and
// with fault.CodePreconditionRequired if there is one and revision is "".
func (f *Facade) PutWall(_ context.Context, name, revision string, wall Layouts) (Wall, error) {
	return fromWall(f.o.Walls.Put(name, wall, revision))
}

// DeleteWall deletes a saved wall, under the same condition as PutWall.
func (f *Facade) DeleteWall(_ context.Context, name, revision string) error {
	if err := f.o.Walls.Delete(name, revision); err != nil {
		return fault.AsError(err)
	}
	return nil
}

func fromWall(w Wall, err error) (Wall, error) {
	if err != nil {
		return Wall{}, fault.AsError(err)
	}
	return w, nil
}

// Layouts returns the saved layouts, or an empty object if none were saved.
func (f *Facade) Layouts(context.Context) (Layouts, error) {
	doc, err := f.o.Walls.Layouts()
	if err != nil {
		return nil, fault.AsError(err)
	}
	return doc, nil
}

// PutLayouts saves the layouts unchanged: any JSON object or list of at most api.MaxBody bytes. It leaves out only the saved walls
// that a page of version 0.1 keeps in them, once walls are stored separately.
func (f *Facade) PutLayouts(_ context.Context, doc Layouts) (Layouts, error) {
	saved, err := f.o.Walls.SaveLayouts(doc)
	if err != nil {
		return nil, fault.AsError(err)
	}
	return saved, nil
}
