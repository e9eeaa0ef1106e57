package api

import (
	"context"

	"gridwall/backend/walls"
)

// Wall is a wall of feeds that was saved under a name.
type Wall = walls.Wall

// WallList is the response of Walls, sorted by name.
type WallList struct {
	Walls []Wall `json:"walls" nullable:"false"`
}

// Walls lists the saved walls.
func (a *API) Walls(context.Context) (WallList, error) {
	list, err := a.o.Walls.All()
	if err != nil {
		return WallList{}, AsError(err)
	}
	return WallList{Walls: append([]Wall{}, list...)}, nil
}

// Wall returns one saved wall, or CodeUnknownWall.
func (a *API) Wall(_ context.Context, name string) (Wall, error) {
	return fromWall(a.o.Walls.Get(name))
}

// PutWall saves a wall, a JSON object of at most 64 KiB, under a name. revision is that of the wall it replaces: "0" if there is
// none, "*" for any, "" to save only if the name is free. It fails with CodeStale if the saved wall has another revision, and
// with CodePreconditionRequired if there is one and revision is "".
func (a *API) PutWall(_ context.Context, name, revision string, wall Layouts) (Wall, error) {
	return fromWall(a.o.Walls.Put(name, wall, revision))
}

// DeleteWall deletes a saved wall, under the same condition as PutWall.
func (a *API) DeleteWall(_ context.Context, name, revision string) error {
	if err := a.o.Walls.Delete(name, revision); err != nil {
		return AsError(err)
	}
	return nil
}

func fromWall(w Wall, err error) (Wall, error) {
	if err != nil {
		return Wall{}, AsError(err)
	}
	return w, nil
}

// Layouts returns the saved layouts, or an empty object if none were saved.
func (a *API) Layouts(context.Context) (Layouts, error) {
	doc, err := a.o.Walls.Layouts()
	if err != nil {
		return nil, AsError(err)
	}
	return doc, nil
}

// PutLayouts saves the layouts unchanged: any JSON object or list of at most MaxBody bytes. It leaves out only the saved walls
// that a page of version 0.1 keeps in them, once walls are stored separately.
func (a *API) PutLayouts(_ context.Context, doc Layouts) (Layouts, error) {
	saved, err := a.o.Walls.SaveLayouts(doc)
	if err != nil {
		return nil, AsError(err)
	}
	return saved, nil
}
