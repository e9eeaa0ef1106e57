package season

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSessionsAreRecognisedByManyNames(t *testing.T) {
	for summary, want := range map[string][3]string{
		"F1: Practice 1 (Northmoor Grand Prix)":            {"Northmoor Grand Prix", "Practice 1", "fp1"},
		"FORMULA 1 NORTHMOOR GRAND PRIX 2026 - Practice 2": {"FORMULA 1 NORTHMOOR GRAND PRIX 2026", "Practice 2", "fp2"},
		"Northmoor Grand Prix – FP3":                       {"Northmoor Grand Prix", "FP3", "fp3"},
		"Northmoor Grand Prix | Sprint Qualifying":         {"Northmoor Grand Prix", "Sprint Qualifying", "sprint_qualifying"},
		"F1: Sprint Shootout (Northmoor)":                  {"Northmoor", "Sprint Shootout", "sprint_qualifying"},
		"Northmoor Grand Prix - Sprint":                    {"Northmoor Grand Prix", "Sprint", "sprint"},
		"Northmoor Grand Prix - Grand Prix":                {"Northmoor Grand Prix - Grand Prix", "Race", "race"},
		"Northmoor Grand Prix - Race":                      {"Northmoor Grand Prix", "Race", "race"},
		"Northmoor Grand Prix":                             {"Northmoor Grand Prix", "Race", "race"},
		"Northmoor Grand Prix Qualifying":                  {"Northmoor Grand Prix", "Qualifying", "qualifying"},
		"F2: Feature Race (Northmoor)":                     {"Northmoor", "Feature Race", "race"},
		"Northmoor E-Prix: Warm-up":                        {"Northmoor E-Prix", "Warm-up", "other"},
		"Team presentation":                                {"Team presentation", "Team presentation", "other"},
		"Race":                                             {"Race", "Race", "race"},
		"":                                                 {"", "", "other"},
		"Sprintfield meeting":                              {"Sprintfield meeting", "Sprintfield meeting", "other"},
		"Pre-season testing day 2 (Gridwall Ring)":         {"Gridwall Ring", "Pre-season testing day 2", "other"},
	} {
		event, session, kind := SplitTitle(summary)
		assert.Equal(t, want, [3]string{event, session, string(kind)}, summary)
	}
}

// Events with the same name and day get numbered ids; the search for a free number does not start over each time.
func TestManyEventsWithTheSameNameGetUniqueIDsQuickly(t *testing.T) {
	run := func(n int) float64 {
		return testing.AllocsPerRun(1, func() {
			events := make([]Event, n)
			for i := range events {
				events[i].ID = "a"
			}
			distinguish(events)
		})
	}
	if few, many := run(500), run(2000); many > 6*few {
		t.Errorf("%.0f allocations for four times as many instead of %.0f", many, few)
	}
}
