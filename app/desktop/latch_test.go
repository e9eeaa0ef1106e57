package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/app/api/fault"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func one(context.Context, *api.API) (int, error) { return 1, nil }

func TestACallWaitsUntilTheProgramIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLatch(quiet())
		time.AfterFunc(5*time.Second, func() { g.open(api.New(api.Options{}), nil) })
		start := time.Now()
		got, err := call(g, one)
		require.NoError(t, err)
		assert.Equal(t, 1, got)
		assert.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestCallsTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLatch(quiet())
		start := time.Now()
		_, err := call(g, one)
		assert.Equal(t, fault.CodeTimeout, fault.AsError(err).Code)
		assert.Equal(t, openWait, time.Since(start))

		time.AfterFunc(time.Second, g.end)
		_, err = call(g, one)
		assert.Equal(t, fault.CodeStopping, fault.AsError(err).Code, "the program ends")

		g = newLatch(quiet())
		g.open(nil, fault.Errorf(fault.CodeStorage, "the database is locked"))
		g.open(api.New(api.Options{}), nil)
		_, err = call(g, one)
		assert.Equal(t, fault.CodeStorage, fault.AsError(err).Code, "after a failure to open, all calls fail")

		g = newLatch(quiet())
		g.open(api.New(api.Options{}), nil)
		time.AfterFunc(time.Second, g.end)
		_, err = call(g, func(ctx context.Context, _ *api.API) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		assert.ErrorIs(t, err, context.Canceled, "a call ends with the program")
	})
}

func TestAPanicIsReturnedAsAnError(t *testing.T) {
	g := newLatch(quiet())
	g.open(api.New(api.Options{}), nil)
	_, err := call(g, func(context.Context, *api.API) (int, error) { panic("no") })
	assert.Equal(t, fault.CodeInternal, fault.AsError(err).Code)
	// The facade itself, without its parts, panics too.
	_, err = (&Facade{latch: g}).Streams(true)
	assert.Equal(t, fault.CodeInternal, fault.AsError(err).Code)
}

func TestThePageCanReadAnError(t *testing.T) {
	for _, err := range []error{fault.Errorf(fault.CodeFixed, "it stands in %q", "config.toml"), errors.New("unforeseen https://a.example/?token=x")} {
		text, ok := formatError(err).(string)
		require.True(t, ok, "Wails makes it the message of an Error")
		var got struct{ Code, Message string }
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		assert.Equal(t, string(fault.AsError(err).Code), got.Code)
		assert.NotEmpty(t, got.Message)
		assert.NotContains(t, got.Message, "token=x")
	}
}

func TestCommandsWaitForThePage(t *testing.T) {
	var sent []string
	c := &commands{send: func(event string, data any) {
		name := event
		if cmd, ok := data.(Command); ok {
			name = cmd.Name
		}
		sent = append(sent, name)
	}}
	c.put(Command{Name: CommandPage, Page: "sources"})
	c.put(Command{Name: CommandLive})
	c.put(Command{Name: CommandShown})
	c.event(EventName, nil)
	assert.Empty(t, sent, "the page is not mounted yet")
	assert.Equal(t, []Command{{Name: CommandLive}}, c.take(), "only the last one is kept")
	c.put(Command{Name: CommandHidden})
	c.event(EventName, nil)
	assert.Equal(t, []string{CommandHidden, EventName}, sent)
	text, err := json.Marshal(c.take())
	require.NoError(t, err)
	assert.Equal(t, "[]", string(text), "a reloaded page gets an empty list")
}

func TestWailsLogContainsNoSecrets(t *testing.T) {
	var out strings.Builder
	l := frameLog{slog.New(slog.NewTextHandler(&out, nil))}
	l.Error(`process message error: C{"name":"desktop.Facade.PutSource","args":["a","Cookie = \"sesame\""]} -> no such method`)
	l.Error("GET https://cdn.example/a.m3u8?token=sesame failed")
	l.Trace("json call result data: sesame")
	assert.Contains(t, out.String(), "no such method")
	assert.Contains(t, out.String(), "cdn.example")
	assert.NotContains(t, out.String(), "sesame")
}
