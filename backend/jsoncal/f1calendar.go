package jsoncal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/season"
)

// F1CalendarURL is where the f1calendar project publishes its data: {series}/{year}.json and {series}/config.json.
const F1CalendarURL = "https://raw.githubusercontent.com/sportstimes/f1/main/_db"

type F1Calendar struct {
	key, url, series string
	fetch            season.Fetch
}

// f1calendarFolders maps the keys of series (season.SeriesKey) to the project's folders. Folders that it does not list are used
// as written.
var f1calendarFolders = map[string]string{
	"f1": "f1", "f2": "f2", "f3": "f3", "f1academy": "f1-academy", "fe": "fe", "indycar": "indycar", "motogp": "motogp", "wec": "wec", "imsa": "imsa",
}

// F1CalendarSeries returns the project's folder for any name of a series: fe for "Formula E". "" means f1.
func F1CalendarSeries(series string) string {
	if season.Slug(series) == "" {
		return "f1"
	}
	if folder, ok := f1calendarFolders[season.SeriesKey(series)]; ok {
		return folder
	}
	return season.Slug(series)
}

// NewF1Calendar returns one series of the f1calendar project, which despite its name has many: f1, f2, f3, f1-academy, fe,
// indycar, motogp. url is the folder of all series ("" for the public one); series may be any name of a series, "" means f1.
func NewF1Calendar(url, series string, fetch season.Fetch) *F1Calendar {
	series = F1CalendarSeries(series)
	key := season.CalendarKey("f1calendar-"+series, url, F1CalendarURL)
	if url == "" {
		url = F1CalendarURL
	}
	return &F1Calendar{key, strings.TrimRight(url, "/"), series, fetch}
}

func (f *F1Calendar) Key() string { return f.key }

// Events reads the current year, and from October on the next year if its file is published. Session lengths are in a separate
// file; without it the usual lengths are used. A server that asks to be left alone is asked for no further file.
func (f *F1Calendar) Events(ctx context.Context, now time.Time) ([]season.Event, error) {
	lengths := map[string]int{}
	var busy *season.BusyError
	if body, err := f.fetch(ctx, f.url+"/"+f.series+"/config.json"); err == nil {
		lengths = parseLengths(body)
	} else if errors.As(err, &busy) {
		return nil, err
	}
	year := now.UTC().Year()
	body, err := f.fetch(ctx, fmt.Sprintf("%s/%s/%d.json", f.url, f.series, year))
	if err != nil {
		return nil, err
	}
	events, err := parseF1Calendar(body, f.series, year, lengths)
	if now.UTC().Month() >= time.October && len(events) > 0 {
		if body, missing := f.fetch(ctx, fmt.Sprintf("%s/%s/%d.json", f.url, f.series, year+1)); missing == nil {
			next, _ := parseF1Calendar(body, f.series, year+1, lengths)
			events = append(events, next...)
		} else if errors.As(missing, &busy) && err != nil {
			err = fmt.Errorf("%w; %w", err, missing)
		} else if busy != nil {
			err = missing
		}
	}
	return events, err
}

// parseLengths returns minutes by session key; nil if the file is not as expected.
func parseLengths(body []byte) map[string]int {
	var config struct {
		SessionLengths map[string]int `json:"sessionLengths"`
	}
	if decode(body, &config) != nil {
		return nil
	}
	return config.SessionLengths
}

// f1calendarRace is one race of a file.
type f1calendarRace struct {
	Name     string      `json:"name"`
	Location string      `json:"location"`
	Round    lenientInt  `json:"round"`
	Slug     string      `json:"slug"`
	TBC      lenientBool `json:"tbc"`
	Canceled lenientBool `json:"canceled"`
	// Cancelled is the British spelling, which some races use.
	Cancelled lenientBool                `json:"cancelled"`
	Sessions  map[string]json.RawMessage `json:"sessions"`
}

// wrong returns an error for a field that cannot be read.
func (r *f1calendarRace) wrong() error {
	for _, field := range []struct{ name, wrong string }{{"round", r.Round.wrong}, {"tbc", r.TBC.wrong}, {"canceled", r.Canceled.wrong}, {"cancelled", r.Cancelled.wrong}} {
		if field.wrong != "" {
			return fmt.Errorf("%w: %q holds %s", season.ErrFormat, field.name, field.wrong)
		}
	}
	return nil
}

func parseF1Calendar(body []byte, series string, year int, lengths map[string]int) ([]season.Event, error) {
	var answer struct {
		Races *[]json.RawMessage `json:"races"`
	}
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	if answer.Races == nil {
		return nil, fmt.Errorf("%w: no races", season.ErrFormat)
	}
	inSeason := strconv.Itoa(year)
	var events []season.Event
	var out season.Omissions
	for _, raw := range *answer.Races {
		var r f1calendarRace
		// A field of a wrong type is left out; the rest of the race is read.
		wrong := decode(raw, &r)
		name := season.Label(r.Name)
		if name == "" {
			if wrong == nil {
				wrong = fmt.Errorf("%w: a race without a name", season.ErrFormat)
			}
			out.Add(0, r.Slug, wrong)
			continue
		}
		if wrong == nil {
			wrong = r.wrong()
		}
		if wrong != nil {
			out.Add(0, name, wrong)
		}
		e := season.Event{Series: series, Season: inSeason, Round: max(0, r.Round.n), Name: fullName(name, r.Slug), Locality: season.Label(r.Location)}
		e.ID = season.EventID(series, inSeason, cmp.Or(season.Slug(r.Slug), season.Slug(e.Name)))
		for _, key := range slices.Sorted(maps.Keys(r.Sessions)) {
			s, err := f1calendarSession(key, r.Sessions[key], lengths[key], r.TBC.is)
			if errors.Is(err, errOpen) {
				continue
			}
			if err != nil {
				out.Add(0, e.Name+", "+key, err)
				continue
			}
			if r.Canceled.is || r.Cancelled.is {
				s.Status = season.Cancelled
			}
			e.Sessions = append(e.Sessions, s)
		}
		if len(e.Sessions) > 0 {
			events = append(events, e)
		}
	}
	return out.Finish(events)
}

// errOpen is returned for a session of which not even the day is known.
var errOpen = errors.New("the day is not known yet")

// f1calendarSession reads one session. The times of an event that is to be confirmed are guesses, so only its days are used.
func f1calendarSession(key string, raw json.RawMessage, minutes int, tbc bool) (season.Session, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return season.Session{}, fmt.Errorf("%w: a time that is not a string", season.ErrFormat)
	}
	if openTime(text) {
		return season.Session{}, errOpen
	}
	name := season.Label(keyName(key))
	kind := season.TypeOf(name)
	if len(text) == len(time.DateOnly) {
		return season.NewDatedSession(kind, name, text)
	}
	start, err := parseISO(text)
	if err != nil {
		return season.Session{}, err
	}
	if tbc {
		return season.NewDatedSession(kind, name, start.UTC().Format(time.DateOnly))
	}
	const longest = 48 * 60 // allows for a 24-hour race
	if minutes < 0 || minutes > longest {
		minutes = 0
	}
	return season.NewSession(kind, name, start, time.Duration(minutes)*time.Minute)
}

// fullName completes a name such as "Northmoor" if the slug says that it is a grand prix.
func fullName(name, slug string) string {
	if strings.HasSuffix(slug, "-grand-prix") && !strings.Contains(strings.ToLower(name), "grand prix") {
		return name + " Grand Prix"
	}
	return name
}
