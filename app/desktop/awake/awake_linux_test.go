package awake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/internal/testbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheScreenStaysOnWhileSomethingPlaysAndMayTurnOffAfterwards(t *testing.T) {
	testbus.Start(t)
	saver := testbus.NewScreenSaver(t)
	var s Screen
	require.NoError(t, s.Keep(true))
	require.NoError(t, s.Keep(true))
	assert.Equal(t, []string{"Gridwall: Feeds are playing"}, saver.Held(), "once, however often the page asks")
	require.NoError(t, s.Keep(false))
	require.NoError(t, s.Keep(false))
	assert.Empty(t, saver.Held())
	require.NoError(t, s.Keep(true))
	s.Close()
	assert.Empty(t, saver.Held(), "the program has ended")
}

func TestTheScreenStaysOnWithADesktopThatHasOnlyThePortal(t *testing.T) {
	testbus.Start(t)
	portal := testbus.NewInhibitPortal(t)
	var s Screen
	require.NoError(t, s.Keep(true))
	assert.Equal(t, []string{"Feeds are playing"}, portal.Held())
	require.NoError(t, s.Keep(false))
	assert.Empty(t, portal.Held())
}

func TestADesktopThatCannotKeepTheScreenOnIsAnErrorAndNothingIsHeld(t *testing.T) {
	testbus.Start(t)
	var s Screen
	assert.ErrorContains(t, s.Keep(true), saverName)
	saver := testbus.NewScreenSaver(t)
	saver.Break()
	require.Error(t, s.Keep(true))
	require.NoError(t, s.Keep(false))

	testbus.Without(t)
	assert.ErrorContains(t, s.Keep(true), "no session bus")
}

func TestAfterAServiceThatBreaksTheScreenCanBeKeptOnAgain(t *testing.T) {
	testbus.Start(t)
	saver := testbus.NewScreenSaver(t)
	var s Screen
	require.NoError(t, s.Keep(true))
	saver.Break()
	require.Error(t, s.Keep(false))
	assert.Error(t, s.Keep(true), "it asks again, and is not stuck in the old state")
}
