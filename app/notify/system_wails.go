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

// SystemOptions configure a System.
type SystemOptions struct {
	// Click is called with the action of a clicked message, on its own goroutine.
	Click func(Action)
	// Icon is only used on Linux.
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

// NewSystem returns a System. It cannot show messages before Attach.
func NewSystem(o SystemOptions) *System { return &System{o: o} }

// actionKey is the key of a message's action in its data.
const actionKey = "action"

// Attach enables notifications with the window's context, once the user permits them if the system requires that.
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
	go func() { // the request waits for the user
		if yes, err := runtime.RequestNotificationAuthorization(ctx); err != nil || !yes {
			s.o.Log.Info("notifications are not permitted; notices are shown in the window", "error", err)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ctx = ctx
	}()
}

// Close frees the notification service.
func (s *System) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil {
		runtime.CleanupNotifications(s.ctx)
		s.ctx = nil
	}
}

// Send shows m. It returns an error if notifications are not available or not permitted.
func (s *System) Send(m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		return errors.New("notifications are not available or not permitted")
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
