package schedule

import (
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
)

func FuzzOverrides(f *testing.F) {
	f.Add([]byte(everyOverride))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := ParseOverrides("overrides.toml", text, time.UTC)
		for _, p := range o.Problems() {
			assert.Regexp(t, `^overrides\.toml(:\d+)?: [^\n]+$`, p)
		}
		events, problems := o.apply([]season.Event{race("f1-2026-5", "f1", "Moor Grand Prix", saturday)}, saturday, true)
		for _, p := range problems {
			assert.NotContains(t, p, "\n")
		}
		testcal.Check(t, events, nil)
	})
}
