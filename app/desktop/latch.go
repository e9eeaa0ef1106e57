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
	"gridwall/app/api/fault"
	"gridwall/backend/stream"
)

const (
	// openWait limits how long a call of the page waits until the program has opened: the page is shown while the database
	// is still being opened.
	openWait = 30 * time.Second
	// callLimit limits one call of the page; the longest is the extraction of all sources.
	callLimit = 5 * time.Minute
)

// errOpening is returned to a call that has waited openWait for the program to open.
var errOpening = fault.Errorf(fault.CodeTimeout, "Gridwall is still opening its database; try again in a moment")

// errEnding is returned to a call while the program is closing.
var errEnding = fault.Errorf(fault.CodeStopping, "Gridwall is closing")

// Facade is what the page can call in the window: the methods of api.API without their context. They are generated into
// facade_gen.go and add no logic, because a script must be able to do over HTTP whatever the page can do.
type Facade struct{ latch *latch }

// latch holds back the calls of the page until the program behind the window is open: Wails binds the structs before
// that, and the page may call at any time.
type latch struct {
	log    *slog.Logger
	ctx    context.Context // cancelled when the program ends
	end    context.CancelFunc
	opened chan struct{} // closed when api or why is set
	once   sync.Once
	api    *api.API
	why    error // why the program could not be opened
	wait   time.Duration
}

func newLatch(log *slog.Logger) *latch {
	l := &latch{log: log, opened: make(chan struct{}), wait: openWait}
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// open lets the calls through, or, if why is set, fails them all with why. Only the first call counts.
func (l *latch) open(a *api.API, why error) {
	l.once.Do(func() {
		l.api, l.why = a, why
		close(l.opened)
	})
}

// facade returns the API if the program is open.
func (l *latch) facade() (*api.API, bool) {
	select {
	case <-l.opened:
		return l.api, l.api != nil
	default:
		return nil, false
	}
}

// enter waits until the program is open.
func (l *latch) enter(ctx context.Context) (*api.API, error) {
	wait := time.NewTimer(l.wait)
	defer wait.Stop()
	select {
	case <-l.ctx.Done():
		return nil, errEnding
	case <-ctx.Done():
		return nil, fault.AsError(ctx.Err())
	case <-wait.C:
		return nil, errOpening
	case <-l.opened:
		return l.api, l.why
	}
}

// call runs one call of the page. Its context ends when the call returns or the program ends.
func call[T any](l *latch, do func(context.Context, *api.API) (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			// Wails would swallow the panic, and the page would never get an answer.
			l.log.Error("a call of the page failed; this is a bug", "panic", stream.RedactText(fmt.Sprint(p)), "stack", string(debug.Stack()))
			err = fault.AsError(errPanic)
		}
	}()
	ctx, cancel := context.WithTimeout(l.ctx, callLimit)
	defer cancel()
	a, err := l.enter(ctx)
	if err != nil {
		return out, err
	}
	return do(api.WithCaller(ctx, api.InPerson), a)
}

// callEmpty is call for a method without a result.
func callEmpty(l *latch, do func(context.Context, *api.API) error) error {
	_, err := call(l, func(ctx context.Context, a *api.API) (struct{}, error) { return struct{}{}, do(ctx, a) })
	return err
}

// errPanic is the cause of the error that is returned after a panic.
var errPanic = errors.New("panic")

// formatError returns an error for the page: code and message as JSON in a string. Wails converts the result to the message of a
// JavaScript Error, which would be "[object Object]" for an object.
func formatError(err error) any {
	text, broken := json.Marshal(fault.AsError(err))
	if broken != nil {
		return err.Error()
	}
	return string(text)
}
