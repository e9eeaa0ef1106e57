package api

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRepeatedChangesOfOneTypeAreMergedIntoOneEvent(t *testing.T) {
	a := New(Options{})
	sub := a.Subscribe()
	defer sub.Close()
	for range 500 {
		a.o.Events.Publish(EventStreams)
		a.o.Events.Publish(EventActive)
	}
	first, err := sub.Next(t.Context())
	require.NoError(t, err)
	second, err := sub.Next(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []EventType{EventStreams, EventActive}, []EventType{first.Type, second.Type})

	done, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sub.Next(done)
	assert.ErrorIs(t, err, context.Canceled, "nothing else waits")

	a.o.Events.Publish(EventStreams)
	again, err := sub.Next(t.Context())
	require.NoError(t, err)
	assert.Greater(t, again.Seq, second.Seq, "a change after reading is sent again")
}

func TestEachNoticeArrivesAndASlowClientIsDropped(t *testing.T) {
	a := New(Options{})
	slow, quick := a.Subscribe(), a.Subscribe()
	defer slow.Close()
	defer quick.Close()
	for i := range 33 {
		a.Notify("kind", "see https://cdn.test/a.m3u8?token=secret", "id")
		e, err := quick.Next(t.Context())
		require.NoError(t, err, i)
		assert.Equal(t, "see https://cdn.test/a.m3u8?…", e.Notice.Message)
	}
	_, err := slow.Next(t.Context())
	assert.ErrorIs(t, err, ErrSlow)
}

func TestClosingEndsAllSubscriptions(t *testing.T) {
	a := New(Options{})
	sub := a.Subscribe()
	got := make(chan error, 1)
	go func() {
		_, err := sub.Next(context.Background())
		got <- err
	}()
	a.Close()
	assert.ErrorIs(t, <-got, ErrClosed)
	_, err := a.Subscribe().Next(t.Context())
	assert.ErrorIs(t, err, ErrClosed, "later subscriptions are closed too")
	a.o.Events.Publish(EventActive)
}
