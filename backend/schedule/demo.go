package schedule

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gridwall/backend/season"
)

const (
	// demoSession is the length of a session of the demo. The next one begins when it ends, so one is always live.
	demoSession = time.Hour
	// demoAhead is how many future events are listed.
	demoAhead = 3
)

var (
	demoWeekend = []season.Session{{Type: season.FP1, Name: "Practice 1"}, {Type: season.FP2, Name: "Practice 2"}, {Type: season.FP3, Name: "Practice 3"}, {Type: season.Qualifying, Name: "Qualifying"}, {Type: season.Race, Name: "Race"}}
	demoSprint  = []season.Session{{Type: season.FP1, Name: "Practice 1"}, {Type: season.SprintQualifying, Name: "Sprint qualifying"}, {Type: season.Sprint, Name: "Sprint"}, {Type: season.Qualifying, Name: "Qualifying"}, {Type: season.Race, Name: "Race"}}
	demoPlaces  = []struct{ name, circuit, locality, country string }{
		{"Gridwall Grand Prix", "Gridwall Ring", "Wallhaven", "Gridland"},
		{"Grand Prix of Northmoor", "Northmoor Heath", "Northmoor", "Moorland"},
		{"Costa Verana Grand Prix", "Circuito del Faro", "Verana", "Solmar"},
		{"Grand Prix of the Lakes", "Three Lakes Park", "Sundholm", "Aldria"},
		{"Pinewood Night Race", "Pinewood Speedway", "Pinewood", "Westmark"},
		{"Harbour City Grand Prix", "Old Docks Street Circuit", "Port Amber", "Insulia"},
	}
)

// demoSeries is the series of the demo's events.
const demoSeries = "demo"

// demoID is the prefix of the ids of the demo's events.
const demoID = "demo-"

// IsDemo reports whether the event is of the demo's calendar.
func IsDemo(e season.Event) bool { return e.Series == demoSeries && strings.HasPrefix(e.ID, demoID) }

type demo struct{}

// Demo returns a made-up calendar that follows from the time alone: five sessions of one hour to an event, without a gap. One
// session is always live, one has just ended, and the next ones are listed.
func Demo() Computed { return demo{} }

func (demo) Key() string { return "demo" }

func (d demo) Events(_ context.Context, now time.Time) ([]season.Event, error) {
	return d.EventsAt(now), nil
}

// EventsAt returns the previous event, the current one, and the next ones.
func (demo) EventsAt(now time.Time) []season.Event {
	weekend := demoSession * time.Duration(len(demoWeekend))
	running := now.Unix() / int64(weekend/time.Second)
	var events []season.Event
	for k := max(0, running-1); k <= running+demoAhead; k++ {
		place := demoPlaces[k%int64(len(demoPlaces))]
		e := season.Event{ID: fmt.Sprintf(demoID+"%d", k), Series: demoSeries, Name: place.name, Circuit: place.circuit, Locality: place.locality, Country: place.country}
		start := time.Unix(k*int64(weekend/time.Second), 0).UTC()
		e.Season = fmt.Sprint(start.Year())
		e.Round = int(k%int64(len(demoPlaces))) + 1
		plan := demoWeekend
		if k%3 == 1 {
			plan = demoSprint
		}
		for _, s := range plan {
			begin, end := start, start.Add(demoSession)
			s.Start, s.End = &begin, &end
			e.Sessions = append(e.Sessions, s)
			start = end
		}
		events = append(events, e)
	}
	return events
}
