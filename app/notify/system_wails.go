//go:build (desktop || dev) && !linux

package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// SystemOptions are the parts of a System.
type SystemOptions struct {
	// Click is called with the action of a message that was clicked, on a goroutine of its own.
	Click func(Action)
	// Icon is our picture, a PNG; where the program is not installed, its name alone finds none.
	Icon []byte
	Log  *slog.Logger
}

// System shows messages as notifications of Windows and macOS. It is safe for concurrent use.
type System struct {
	o SystemOptions

	mu   sync.Mutex
	ctx  context.Context // nil before Attach
	sent int
}

// NewSystem returns a System, which can show nothing before Attach.
func NewSystem(o SystemOptions) *System { return &System{o: o} }

// actionKey is where a message carries its action.
const actionKey = "action"

// Attach takes the window's context, and asks for the permission to notify where the system wants that.
func (s *System) Attach(ctx context.Context) {
	if !runtime.IsNotificationAvailable(ctx) {
		return
	}
	if err := runtime.InitializeNotifications(ctx); err != nil {
		s.o.Log.Warn("no notifications; notices are shown in the window", "error", err)
		return
	}
	runtime.OnNotificationResponse(ctx, func(r runtime.NotificationResult) {
		text, ok := r.Response.UserInfo[actionKey].(string)
		var a Action
		if r.Error == nil && ok && json.Unmarshal([]byte(text), &a) == nil {
			s.o.Click(a)
		}
	})
	go func() { // it waits for the person
		if yes, err := runtime.RequestNotificationAuthorization(ctx); err != nil || !yes {
			s.o.Log.Info("notifications are not permitted; notices are shown in the window", "error", err)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ctx = ctx
	}()
}

// Close lets go of the notifications.
func (s *System) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil {
		runtime.CleanupNotifications(s.ctx)
		s.ctx = nil
	}
}

// Send shows m. It returns an error where that is not possible, or not permitted.
func (s *System) Send(m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		return errors.New("no notifications here")
	}
	action, err := json.Marshal(m.Action)
	if err != nil {
		return err
	}
	id := m.About
	if id == "" {
		s.sent++
		id = fmt.Sprint("notice ", s.sent)
	}
	return runtime.SendNotification(s.ctx, runtime.NotificationOptions{
		ID: id, Title: m.Title, Body: m.Body, Data: map[string]any{actionKey: string(action)},
	})
}
