package desktop

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/server/rest"
)

func TestTheWindowBindsEveryOperationOfTheHTTPAPI(t *testing.T) {
	text, err := rest.Describe("")
	require.NoError(t, err)
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	// The window receives events from Wails, and uses the addresses for playback and the calendar; it does not need /healthz.
	unbound := map[string]bool{"health": true, "play": true, "scheduleICS": true, "subscribe": true}
	facade := reflect.TypeFor[*Facade]()
	seen := 0
	for _, verbs := range doc.Paths {
		for _, op := range verbs {
			if unbound[op.OperationID] {
				continue
			}
			seen++
			_, ok := facade.MethodByName(strings.ToUpper(op.OperationID[:1]) + op.OperationID[1:])
			assert.True(t, ok, "the window has no method for the operation %s", op.OperationID)
		}
	}
	assert.Equal(t, facade.NumMethod(), seen, "the window binds a method that HTTP does not offer")
}
