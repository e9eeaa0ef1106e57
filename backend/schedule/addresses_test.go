package schedule

import (
	"context"
	"errors"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"

	"github.com/stretchr/testify/assert"
)

func TestCalendarKeysDoNotContainSecretAddresses(t *testing.T) {
	p := ics.New("webcal://calendar.test/private-s3cret/feed.ics?key=s3cret", "", nil)
	assert.NotContains(t, p.Key(), "s3cret")
	assert.Contains(t, p.Key(), "ics-calendar-test-")
	assert.Equal(t, "jolpica", jsoncal.NewJolpica("", nil).Key())
	assert.Equal(t, "f1calendar-fe", jsoncal.NewF1Calendar("", "fe", nil).Key())
	assert.NotEqual(t, jsoncal.NewJolpica("https://mirror.test/a", nil).Key(), jsoncal.NewJolpica("https://mirror.test/b", nil).Key())
}

func TestCalendarsAreFetchedFromTheConfiguredAddress(t *testing.T) {
	for address, want := range map[string]string{
		"":                              "https://api.jolpi.ca/ergast/f1/current/races.json?limit=100",
		"https://mirror.test/ergast/":   "https://mirror.test/ergast/f1/current/races.json?limit=100",
		"https://mirror.test/2026.json": "https://mirror.test/2026.json",
	} {
		_, err := jsoncal.NewJolpica(address, func(_ context.Context, url string) ([]byte, error) {
			assert.Equal(t, want, url)
			return nil, errors.New("off")
		}).Events(t.Context(), time.Now())
		assert.EqualError(t, err, "off")
	}
	_, err := ics.New("webcal://calendar.test/feed.ics", "", func(_ context.Context, url string) ([]byte, error) {
		assert.Equal(t, "https://calendar.test/feed.ics", url)
		return nil, errors.New("off")
	}).Events(t.Context(), time.Now())
	assert.EqualError(t, err, "off")
}
