package timezone

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryZoneOfTheTablesExists(t *testing.T) {
	assert.Len(t, windowsZones, 139)
	for _, table := range []map[string]string{windowsZones, shownZones, oldZones, shortZones} {
		for name, zone := range table {
			_, err := time.LoadLocation(zone)
			assert.NoError(t, err, name)
		}
	}
	for name, zone := range windowsZones {
		z, err := Lookup(name)
		require.NoError(t, err, name)
		assert.True(t, sameOffsets(t, z, zone), name)
	}
	for name, zone := range shownZones {
		z, err := Lookup("(UTC+00:00) " + name)
		require.NoError(t, err, name)
		assert.True(t, sameOffsets(t, z, zone), "%s: %s", name, z)
	}
	for name := range strings.FieldsSeq(ianaNames) {
		z, err := Lookup(strings.ToUpper(name))
		require.NoError(t, err, name)
		assert.True(t, sameOffsets(t, z, name), "%s: %s", name, z)
	}
}

func sameOffsets(t *testing.T, z *time.Location, name string) bool {
	t.Helper()
	want, err := time.LoadLocation(name)
	require.NoError(t, err)
	for _, month := range []time.Month{1, 7} {
		_, a := time.Date(2026, month, 1, 0, 0, 0, 0, z).Zone()
		_, b := time.Date(2026, month, 1, 0, 0, 0, 0, want).Zone()
		if a != b {
			return false
		}
	}
	return true
}
