package wall

import (
	"context"

	"gridwall/app/api/fault"
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
func (f *Facade) Screens(context.Context) (ScreenList, error) {
	names, err := f.o.Walls.Names()
	if err != nil {
		return ScreenList{}, fault.AsError(err)
	}
	return ScreenList{Screens: f.o.Screens.All(), Walls: append([]string{}, names...)}, nil
}

// PutScreen registers a screen or reports its state, and acknowledges commands. A page calls it when its state changes, and at
// least every few seconds.
func (f *Facade) PutScreen(_ context.Context, id string, report ScreenReport) (Screen, error) {
	s, err := f.o.Screens.Put(id, screens.Report(report))
	if err != nil {
		return Screen{}, fault.AsError(err)
	}
	return s, nil
}

// DeleteScreen removes a screen whose page is left. page is that of its reports.
func (f *Facade) DeleteScreen(_ context.Context, id, page string) error {
	if err := f.o.Screens.Delete(id, page); err != nil {
		return fault.AsError(err)
	}
	return nil
}

// CommandScreen passes a command to a screen, and returns the screen's state after it. It fails with fault.CodeUnknownScreen, with
// fault.CodeStale if the screen has another revision than the command names, with fault.CodeRefused if the screen could not do it,
// and with fault.CodeTimeout if it does not answer within 5 seconds.
func (f *Facade) CommandScreen(ctx context.Context, id string, command ScreenCommand) (Screen, error) {
	s, err := f.o.Screens.Do(ctx, id, screens.Command(command))
	if err != nil {
		return Screen{}, fault.AsError(err)
	}
	return s, nil
}

// ScreenStreams searches the streams that a screen can open. Their addresses are left out, so that a remote never sees them.
func (f *Facade) ScreenStreams(_ context.Context, query string) (ScreenStreamSet, error) {
	return ScreenStreamSet(screens.Find(f.o.Streams.Streams(), query)), nil
}
