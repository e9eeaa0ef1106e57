package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"gridwall/app/api"
	"gridwall/backend/stream"
)

const (
	// openWait bounds how long a call of the page waits for the facade. The page is there first: it is drawn while
	// the database is opened.
	openWait = 30 * time.Second
	// callLimit bounds one call of the page; extracting all sources is the longest of them.
	callLimit = 5 * time.Minute
)

// errOpening is what a call gets that came before the facade, and waited for too long.
var errOpening = api.Errorf(api.CodeTimeout, "Gridwall is still opening its database; try again in a moment")

// errEnding is what a call gets that came when it was too late.
var errEnding = api.Errorf(api.CodeStopping, "Gridwall is closing")

// gate stands between the page and the facade: the bound structs exist before the facade does, and the page may call
// at any time.
type gate struct {
	log    *slog.Logger
	ctx    context.Context // ends with the app
	end    context.CancelFunc
	opened chan struct{} // closed when api or why is set
	once   sync.Once
	api    *api.API
	why    error // the facade will never be there
	wait   time.Duration
}

func newGate(log *slog.Logger) *gate {
	g := &gate{log: log, opened: make(chan struct{}), wait: openWait}
	g.ctx, g.end = context.WithCancel(context.Background())
	return g
}

// open lets the calls through, or refuses them all where why says that there will be no facade.
func (g *gate) open(a *api.API, why error) {
	g.once.Do(func() {
		g.api, g.why = a, why
		close(g.opened)
	})
}

// facade is the facade if it is there already.
func (g *gate) facade() (*api.API, bool) {
	select {
	case <-g.opened:
		return g.api, g.api != nil
	default:
		return nil, false
	}
}

// enter waits for the facade.
func (g *gate) enter(ctx context.Context) (*api.API, error) {
	wait := time.NewTimer(g.wait)
	defer wait.Stop()
	select {
	case <-g.ctx.Done():
		return nil, errEnding
	case <-ctx.Done():
		return nil, api.AsError(ctx.Err())
	case <-wait.C:
		return nil, errOpening
	case <-g.opened:
		return g.api, g.why
	}
}

// call does one call of the page. Its context ends with the call, and with the app.
func call[T any](g *gate, do func(context.Context, *api.API) (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			// Wails would swallow the panic, and the page would wait for an answer for ever.
			g.log.Error("a call of the page failed; this is a bug", "panic", stream.RedactText(fmt.Sprint(p)), "stack", string(debug.Stack()))
			err = api.AsError(errPanic)
		}
	}()
	ctx, cancel := context.WithTimeout(g.ctx, callLimit)
	defer cancel()
	a, err := g.enter(ctx)
	if err != nil {
		return out, err
	}
	return do(api.WithCaller(ctx, api.InPerson), a)
}

// errPanic stands for a panic in a call.
var errPanic = errors.New("panic")

// formatError is how the page gets an error: code and message, as JSON inside a text. Wails makes the text of a
// JavaScript Error of whatever comes, and of an object that would be "[object Object]".
func formatError(err error) any {
	text, broken := json.Marshal(api.AsError(err))
	if broken != nil {
		return err.Error()
	}
	return string(text)
}
