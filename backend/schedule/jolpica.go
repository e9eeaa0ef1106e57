package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// JolpicaURL is where the public Jolpica API answers.
const JolpicaURL = "https://api.jolpi.ca/ergast"

type jolpica struct {
	key, url string
	fetch    Fetch
}

// Jolpica reads the running Formula 1 season from Jolpica, Ergast's heir. url is the API's base ("" for the public
// one), or the address of a season's races.json.
func Jolpica(url string, fetch Fetch) Provider {
	key := keyOf("jolpica", url, JolpicaURL)
	if url == "" {
		url = JolpicaURL
	}
	if path, _, _ := strings.Cut(url, "?"); !strings.HasSuffix(path, ".json") {
		// Without a limit it answers with 30 races, with 100 at most.
		url = strings.TrimRight(url, "/") + "/f1/current/races.json?limit=100"
	}
	return &jolpica{key, url, fetch}
}

func (j *jolpica) Key() string { return j.key }

func (j *jolpica) Events(ctx context.Context, _ time.Time) ([]Event, error) {
	body, err := j.fetch(ctx, j.url)
	if err != nil {
		return nil, err
	}
	return parseJolpica(body)
}

// moment is a date and, where it is known, a time of day in UTC.
type moment struct {
	Date string `json:"date"`
	Time string `json:"time"`
}

// jolpicaRace is one race of the answer.
type jolpicaRace struct {
	Season  string `json:"season"`
	Round   string `json:"round"`
	Name    string `json:"raceName"`
	Circuit struct {
		Name     string `json:"circuitName"`
		Location struct {
			Locality string `json:"locality"`
			Country  string `json:"country"`
		}
	}
	moment
	FirstPractice, SecondPractice, ThirdPractice, Qualifying, Sprint, SprintQualifying, SprintShootout json.RawMessage
}

func parseJolpica(body []byte) ([]Event, error) {
	var answer struct {
		MRData *struct {
			RaceTable *struct {
				Races []json.RawMessage
			}
		}
	}
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	if answer.MRData == nil || answer.MRData.RaceTable == nil {
		return nil, fmt.Errorf("%w: no MRData.RaceTable", ErrFormat)
	}
	var events []Event
	var out leftOut
	for _, raw := range answer.MRData.RaceTable.Races {
		var r jolpicaRace
		// What has a wrong type is left out; what else the race says is read all the same.
		wrong := decode(raw, &r)
		round, err := strconv.Atoi(strings.TrimSpace(r.Round))
		if err != nil || round < 0 || label(r.Name) == "" {
			if wrong == nil {
				wrong = fmt.Errorf("%w: a race without a name or a round", ErrFormat)
			}
			out.add(0, r.Name, wrong)
			continue
		}
		if wrong != nil {
			out.add(0, r.Name, wrong)
		}
		if e := r.event(round, &out); len(e.Sessions) > 0 {
			events = append(events, e)
		}
	}
	return out.finish(events)
}

func (r *jolpicaRace) event(round int, out *leftOut) Event {
	season := r.Season
	if year, _, ok := strings.Cut(r.Date, "-"); ok && season == "" {
		season = year
	}
	e := Event{ID: eventID("f1", season, r.Name), Series: "f1", Season: label(season), Round: round, Name: label(r.Name),
		Circuit: label(r.Circuit.Name), Locality: label(r.Circuit.Location.Locality), Country: label(r.Circuit.Location.Country)}
	for _, s := range []struct {
		t    Type
		name string
		raw  json.RawMessage
	}{
		{FP1, "Practice 1", r.FirstPractice}, {FP2, "Practice 2", r.SecondPractice}, {FP3, "Practice 3", r.ThirdPractice},
		{SprintQualifying, "Sprint qualifying", r.SprintQualifying}, {SprintQualifying, "Sprint shootout", r.SprintShootout},
		{Sprint, "Sprint", r.Sprint}, {Qualifying, "Qualifying", r.Qualifying}, {Race, "Race", nil},
	} {
		at := r.moment
		if s.t != Race {
			at = moment{}
			if len(s.raw) == 0 {
				continue
			}
			if err := decode(s.raw, &at); err != nil {
				out.add(0, e.Name+", "+s.name, err)
				continue
			}
		}
		if openTime(at.Date) {
			continue
		}
		session, err := at.session(s.t, s.name)
		if err != nil {
			out.add(0, e.Name+", "+s.name, err)
			continue
		}
		e.Sessions = append(e.Sessions, session)
	}
	return e
}

func (m moment) session(t Type, name string) (Session, error) {
	if rest, ok := strings.CutPrefix(m.Time, "T"); ok && !openTime(m.Time) {
		m.Time = rest
	}
	if day, time, ok := strings.Cut(m.Date, "T"); ok && m.Time == "" { // both in one
		m.Date, m.Time = day, time
	}
	if openTime(m.Time) {
		return dated(t, name, m.Date)
	}
	start, err := parseISO(m.Date + "T" + m.Time)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %q is no time", ErrFormat, clip(m.Date+" "+m.Time))
	}
	return timed(t, name, start, 0)
}
