package jsoncal

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/season"
)

// JolpicaURL is where the public Jolpica API answers.
const JolpicaURL = "https://api.jolpi.ca/ergast"

type Jolpica struct {
	key, url string
	fetch    season.Fetch
}

// NewJolpica returns the current Formula 1 season from Jolpica. url is the API's base ("" for the public one), or the address
// of a season's races.json.
func NewJolpica(url string, fetch season.Fetch) *Jolpica {
	key := season.CalendarKey("jolpica", url, JolpicaURL)
	if url == "" {
		url = JolpicaURL
	}
	if path, _, _ := strings.Cut(url, "?"); !strings.HasSuffix(path, ".json") {
		// The default limit is 30 races, the maximum 100.
		url = strings.TrimRight(url, "/") + "/f1/current/races.json?limit=100"
	}
	return &Jolpica{key, url, fetch}
}

func (j *Jolpica) Key() string { return j.key }

func (j *Jolpica) Events(ctx context.Context, _ time.Time) ([]season.Event, error) {
	body, err := j.fetch(ctx, j.url)
	if err != nil {
		return nil, err
	}
	return parseJolpica(body)
}

// moment is a date and, if it is known, a time of day in UTC.
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

func parseJolpica(body []byte) ([]season.Event, error) {
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
		return nil, fmt.Errorf("%w: no MRData.RaceTable", season.ErrFormat)
	}
	var events []season.Event
	var out season.Omissions
	for _, raw := range answer.MRData.RaceTable.Races {
		var r jolpicaRace
		// A field of a wrong type is left out; the rest of the race is read.
		wrong := decode(raw, &r)
		round, err := strconv.Atoi(strings.TrimSpace(r.Round))
		if err != nil || round < 0 || season.Label(r.Name) == "" {
			if wrong == nil {
				wrong = fmt.Errorf("%w: a race without a name or a round", season.ErrFormat)
			}
			out.Add(0, r.Name, wrong)
			continue
		}
		if wrong != nil {
			out.Add(0, r.Name, wrong)
		}
		if e := r.event(round, &out); len(e.Sessions) > 0 {
			events = append(events, e)
		}
	}
	return out.Finish(events)
}

func (r *jolpicaRace) event(round int, out *season.Omissions) season.Event {
	inSeason := r.Season
	if year, _, ok := strings.Cut(r.Date, "-"); ok && inSeason == "" {
		inSeason = year
	}
	e := season.Event{ID: season.EventID("f1", inSeason, r.Name), Series: "f1", Season: season.Label(inSeason), Round: round, Name: season.Label(r.Name),
		Circuit: season.Label(r.Circuit.Name), Locality: season.Label(r.Circuit.Location.Locality), Country: season.Label(r.Circuit.Location.Country)}
	for _, s := range []struct {
		t    season.Type
		name string
		raw  json.RawMessage
	}{
		{season.FP1, "Practice 1", r.FirstPractice}, {season.FP2, "Practice 2", r.SecondPractice}, {season.FP3, "Practice 3", r.ThirdPractice},
		{season.SprintQualifying, "Sprint qualifying", r.SprintQualifying}, {season.SprintQualifying, "Sprint shootout", r.SprintShootout},
		{season.Sprint, "Sprint", r.Sprint}, {season.Qualifying, "Qualifying", r.Qualifying}, {season.Race, "Race", nil},
	} {
		at := r.moment
		if s.t != season.Race {
			at = moment{}
			if len(s.raw) == 0 {
				continue
			}
			if err := decode(s.raw, &at); err != nil {
				out.Add(0, e.Name+", "+s.name, err)
				continue
			}
		}
		if openTime(at.Date) {
			continue
		}
		session, err := at.session(s.t, s.name)
		if err != nil {
			out.Add(0, e.Name+", "+s.name, err)
			continue
		}
		e.Sessions = append(e.Sessions, session)
	}
	return e
}

func (m moment) session(t season.Type, name string) (season.Session, error) {
	if rest, ok := strings.CutPrefix(m.Time, "T"); ok && !openTime(m.Time) {
		m.Time = rest
	}
	if day, time, ok := strings.Cut(m.Date, "T"); ok && m.Time == "" { // date and time in one field
		m.Date, m.Time = day, time
	}
	if openTime(m.Time) {
		return season.NewDatedSession(t, name, m.Date)
	}
	start, err := parseISO(m.Date + "T" + m.Time)
	if err != nil {
		return season.Session{}, fmt.Errorf("%w: %q is not a time", season.ErrFormat, season.Clip(m.Date+" "+m.Time))
	}
	return season.NewSession(t, name, start, 0)
}
