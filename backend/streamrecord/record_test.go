package streamrecord

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/numbering"
	"gridwall/backend/renditions"
	"gridwall/backend/timeline"
)

// shown returns the record of a rendition that had its last new segment at a time.
func shown(at time.Time) timeline.Record {
	return timeline.Record{Numbering: numbering.Numbering{Anchor: &numbering.Fingerprint{At: at}}}
}

var noon = time.Date(2026, 5, 24, 12, 0, 0, 0, time.UTC)

func TestARecordSurvivesARestart(t *testing.T) {
	for name, rec := range map[string]Record{
		"of a stream": {
			Names:      map[string]renditions.Description{"720p": {Bandwidth: 3_000_000, Height: 720}},
			Inherit:    []string{"cdn.test"},
			Renditions: map[string]timeline.Record{"720p": shown(noon)},
		},
		"empty": {},
	} {
		raw, cut, err := rec.Marshal(nil)
		require.NoError(t, err, name)
		assert.False(t, cut, name)
		got, err := Parse(raw)
		require.NoError(t, err, name)
		assert.Equal(t, rec, got, name)
	}
}

func TestDamagedAndTooLongRecordsAreErrors(t *testing.T) {
	for name, raw := range map[string]string{
		"empty":     "",
		"truncated": `{"names":{"720p":{`,
		"not JSON":  "\x00\x01",
		"too long":  `{"inherit":["` + strings.Repeat("a", MaxOld) + `"]}`,
	} {
		_, err := Parse([]byte(raw))
		assert.Error(t, err, name)
	}
	_, err := Parse([]byte(`{"from_a_newer_version":1}`))
	assert.NoError(t, err, "unknown keys are ignored")
}

// A record that is too long loses the renditions that were played longest ago, and the names that are no longer listed.
func TestALongRecordKeepsTheNewestRenditions(t *testing.T) {
	rec := Record{Names: map[string]renditions.Description{}, Renditions: map[string]timeline.Record{}, Inherit: []string{"cdn.test"}}
	const many = 400
	name := func(i int) string { return fmt.Sprintf("r%03d", i) }
	for i := range many {
		rec.Renditions[name(i)] = shown(noon.Add(time.Duration(i) * time.Minute))
		rec.Names[name(i)] = renditions.Description{Name: strings.Repeat("n", 300)}
	}
	rec.Names["listed"] = renditions.Description{Height: 1080}
	rec.Names["old"] = renditions.Description{Name: strings.Repeat("n", Max/2)}
	raw, cut, err := rec.Marshal(map[string]bool{"listed": true})
	require.NoError(t, err)
	assert.True(t, cut)
	assert.LessOrEqual(t, len(raw), Max)
	got, err := Parse(raw)
	require.NoError(t, err)
	kept := len(got.Renditions)
	assert.Positive(t, kept)
	for i := range many {
		_, there := got.Renditions[name(i)]
		assert.Equal(t, i >= many-kept, there, "the %d newest renditions are kept: %s", kept, name(i))
	}
	assert.Contains(t, got.Names, name(many-1), "with their names")
	assert.NotContains(t, got.Names, "old")
}
