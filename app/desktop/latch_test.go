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
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func same1(context.Context, *api.API) (int, error) { return 1, nil }

func TestACallBeforeTheFacadeWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLatch(quiet())
		time.AfterFunc(5*time.Second, func() { g.open(api.New(api.Options{}), nil) })
		start := time.Now()
		got, err := call(g, same1)
		require.NoError(t, err)
		assert.Equal(t, 1, got)
		assert.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestNoCallWaitsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLatch(quiet())
		start := time.Now()
		_, err := call(g, same1)
		assert.Equal(t, api.CodeTimeout, api.AsError(err).Code)
		assert.Equal(t, openWait, time.Since(start))

		time.AfterFunc(time.Second, g.end)
		_, err = call(g, same1)
		assert.Equal(t, api.CodeStopping, api.AsError(err).Code, "the app ends")

		g = newLatch(quiet())
		g.open(nil, api.Errorf(api.CodeStorage, "the database is locked"))
		g.open(api.New(api.Options{}), nil)
		_, err = call(g, same1)
		assert.Equal(t, api.CodeStorage, api.AsError(err).Code, "what failed to open stays closed")

		g = newLatch(quiet())
		g.open(api.New(api.Options{}), nil)
		time.AfterFunc(time.Second, g.end)
		_, err = call(g, func(ctx context.Context, _ *api.API) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		assert.ErrorIs(t, err, context.Canceled, "a call ends with the app")
	})
}

func TestAPanicIsAnAnswerAndNotSilence(t *testing.T) {
	g := newLatch(quiet())
	g.open(api.New(api.Options{}), nil)
	_, err := call(g, func(context.Context, *api.API) (int, error) { panic("no") })
	assert.Equal(t, api.CodeInternal, api.AsError(err).Code)
	// The facade itself, without its parts, panics too.
	_, err = (&Facade{latch: g}).Streams(true)
	assert.Equal(t, api.CodeInternal, api.AsError(err).Code)
}

func TestThePageCanReadAnError(t *testing.T) {
	for _, err := range []error{api.Errorf(api.CodeFixed, "it stands in %q", "config.toml"), errors.New("unforeseen https://a.example/?token=x")} {
		text, ok := formatError(err).(string)
		require.True(t, ok, "Wails makes the text of an Error of it")
		var said struct{ Code, Message string }
		require.NoError(t, json.Unmarshal([]byte(text), &said))
		assert.Equal(t, string(api.AsError(err).Code), said.Code)
		assert.NotEmpty(t, said.Message)
		assert.NotContains(t, said.Message, "token=x")
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
	assert.Empty(t, sent, "nobody would hear it")
	assert.Equal(t, []Command{{Name: CommandLive}}, c.take(), "the last one counts")
	c.put(Command{Name: CommandHidden})
	c.event(EventName, nil)
	assert.Equal(t, []string{CommandHidden, EventName}, sent)
	text, err := json.Marshal(c.take())
	require.NoError(t, err)
	assert.Equal(t, "[]", string(text), "a page that is loaded again gets a list")
}

func TestWailsLogTellsNoSecrets(t *testing.T) {
	var out strings.Builder
	l := frameLog{slog.New(slog.NewTextHandler(&out, nil))}
	l.Error(`process message error: C{"name":"desktop.Facade.PutSource","args":["a","Cookie = \"sesame\""]} -> no such method`)
	l.Error("GET https://cdn.example/a.m3u8?token=sesame failed")
	l.Trace("json call result data: sesame")
	assert.Contains(t, out.String(), "no such method")
	assert.Contains(t, out.String(), "cdn.example")
	assert.NotContains(t, out.String(), "sesame")
}
