package notify

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testbus"
)

// wait is the time limit of each wait; it only matters if a test fails.
const wait = 15 * time.Second

func newSystem(t *testing.T) (*System, <-chan Action) {
	t.Helper()
	clicks := make(chan Action, 8)
	s := NewSystem(SystemOptions{Click: func(a Action) { clicks <- a }, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(s.Close)
	return s, clicks
}

var qualifying = Message{
	Kind: Session, About: "f1-22 q", Title: "Qualifying in 15 min", Body: "Qatar <Grand> Prix & more",
	Action: Action{Event: "f1-22", Session: "Qualifying"},
}

func next(t *testing.T, n *testbus.Notifications) testbus.Notice {
	t.Helper()
	select {
	case got := <-n.Got:
		return got
	case <-time.After(wait):
		t.Fatal("no message arrived")
		return testbus.Notice{}
	}
}

func clicked(t *testing.T, clicks <-chan Action) Action {
	t.Helper()
	select {
	case a := <-clicks:
		return a
	case <-time.After(wait):
		t.Fatal("the click did not arrive")
		return Action{}
	}
}

func TestAClickOnAMessageOpensTheSession(t *testing.T) {
	testbus.Start(t)
	service := testbus.NewNotifications(t, "actions", "body", "body-markup")
	s, clicks := newSystem(t)
	require.NoError(t, s.Send(qualifying))
	got := next(t, service)
	assert.Equal(t, "Gridwall", got.App)
	assert.Equal(t, "Qualifying in 15 min", got.Summary)
	assert.Equal(t, "Qatar &lt;Grand&gt; Prix &amp; more", got.Body, "a name is not markup")
	assert.Equal(t, []string{"default", "", "open", "Watch"}, got.Actions)
	assert.Equal(t, "io.github.gridwall.Gridwall", got.Icon)
	assert.Equal(t, "io.github.gridwall.Gridwall", got.Hints["desktop-entry"].Value())
	service.Click(got.ID, "default")
	assert.Equal(t, qualifying.Action, clicked(t, clicks))
}

// The icon's name only works if Gridwall is installed, so the message also contains the picture.
func TestAMessageHasAPictureEvenIfGridwallIsNotInstalled(t *testing.T) {
	testbus.Start(t)
	service := testbus.NewNotifications(t)
	icon, err := os.ReadFile("../desktop/icon.png")
	require.NoError(t, err)
	s := NewSystem(SystemOptions{Icon: icon, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(s.Close)
	require.NoError(t, s.Send(qualifying))
	hint := next(t, service).Hints["image-data"]
	parts, ok := hint.Value().([]any)
	require.True(t, ok)
	assert.Equal(t, []any{int32(128), int32(128), int32(512), true, int32(8), int32(4)}, parts[:6])
	assert.Len(t, parts[6], 128*128*4)
	assert.Contains(t, parts[6], byte(255), "the picture is not empty")
	assert.Nil(t, pictureOf([]byte("no picture")))
}

// Wails' own notifications treat this as a click.
func TestDismissingAMessageOpensNothing(t *testing.T) {
	testbus.Start(t)
	service := testbus.NewNotifications(t, "actions")
	s, clicks := newSystem(t)
	require.NoError(t, s.Send(qualifying))
	first := next(t, service)
	assert.Equal(t, qualifying.Body, first.Body, "a service without markup gets the text unchanged")
	service.Dismiss(first.ID)

	// Signals arrive in order: after this click, the dismissal has been handled.
	require.NoError(t, s.Send(Message{Title: "Timing can't be renewed", Action: Action{Page: "sources"}}))
	service.Click(next(t, service).ID, "open")
	assert.Equal(t, Action{Page: "sources"}, clicked(t, clicks))
	assert.Empty(t, clicks)
}

func TestTheMessageAtTheStartReplacesTheAnnouncement(t *testing.T) {
	testbus.Start(t)
	service := testbus.NewNotifications(t)
	s, clicks := newSystem(t)
	require.NoError(t, s.Send(qualifying))
	first := next(t, service)
	assert.Zero(t, first.Replaces)
	assert.Empty(t, first.Actions, "a service without actions would show a dialog")
	live := qualifying
	live.Title = "Live now: Qualifying"
	require.NoError(t, s.Send(live))
	second := next(t, service)
	assert.Equal(t, first.ID, second.Replaces)
	require.NoError(t, s.Send(Message{About: "another"}))
	assert.Zero(t, next(t, service).Replaces)
	service.Click(second.ID, "default")
	assert.Equal(t, live.Action, clicked(t, clicks))
}

func TestSendFailsWithoutANotificationService(t *testing.T) {
	testbus.Start(t)
	s, _ := newSystem(t)
	require.Error(t, s.Send(qualifying))
	service := testbus.NewNotifications(t, "actions")
	require.NoError(t, s.Send(qualifying), "the service started later")
	next(t, service)
}

func TestSendFailsWithoutABus(t *testing.T) {
	testbus.Without(t)
	s, _ := newSystem(t)
	require.Error(t, s.Send(qualifying))
}
