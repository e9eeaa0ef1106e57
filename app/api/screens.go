package api

import (
	"context"

	"gridwall/backend/screens"
)

// The types of screens and their commands.
type (
	Screen          = screens.Screen
	ScreenCommand   screens.Command
	ScreenReport    screens.Report
	ScreenOrder     screens.Order
	ScreenStreamSet screens.Found
)

// ScreenList is the response of Screens.
type ScreenList struct {
	Screens []Screen `json:"screens" nullable:"false" doc:"The pages and windows that show a wall, by name."`
	Walls   []string `json:"walls" nullable:"false" doc:"The names of the saved walls that a screen can open."`
}

// Screens lists the pages and windows that show a wall, and the walls that they can open.
func (a *API) Screens(context.Context) (ScreenList, error) {
	list, err := a.o.Walls.All()
	if err != nil {
		return ScreenList{}, AsError(err)
	}
	out := ScreenList{Screens: a.screens.All(), Walls: make([]string, 0, len(list))}
	for _, w := range list {
		out.Walls = append(out.Walls, w.Name)
	}
	return out, nil
}

// PutScreen registers a screen or reports its state, and acknowledges commands. A page calls it when its state changes, and at
// least every few seconds.
func (a *API) PutScreen(_ context.Context, id string, report ScreenReport) (Screen, error) {
	s, err := a.screens.Put(id, screens.Report(report))
	if err != nil {
		return Screen{}, AsError(err)
	}
	return s, nil
}

// DeleteScreen removes a screen whose page is left. page is that of its reports.
func (a *API) DeleteScreen(_ context.Context, id, page string) error {
	if err := a.screens.Delete(id, page); err != nil {
		return AsError(err)
	}
	return nil
}

// CommandScreen passes a command to a screen, and returns the screen's state after it. It fails with CodeUnknownScreen, with
// CodeStale if the screen has another revision than the command names, with CodeRefused if the screen could not do it, and with
// CodeTimeout if it does not answer within 5 seconds.
func (a *API) CommandScreen(ctx context.Context, id string, command ScreenCommand) (Screen, error) {
	s, err := a.screens.Do(ctx, id, screens.Command(command))
	if err != nil {
		return Screen{}, AsError(err)
	}
	return s, nil
}

// ScreenStreams searches the streams that a screen can open. Their addresses are left out, so that a remote never sees them.
func (a *API) ScreenStreams(_ context.Context, query string) (ScreenStreamSet, error) {
	return ScreenStreamSet(screens.Find(a.o.Sources.Extraction.Streams(), query)), nil
}
