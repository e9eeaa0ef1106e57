package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gridwall/backend/tomlfile"
)

const (
	// maxScheduleName bounds the name and the series of a calendar, in runes: the page shows them on one line.
	maxScheduleName = 60
	// maxSchedulePath bounds a path and an address, in bytes.
	maxSchedulePath = 4096
)

// ScheduleColors are the names of calendar colours; clients have a shade of each for light and dark themes.
var ScheduleColors = []string{"red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "grey"}

var hexColor = regexp.MustCompile(`^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

// scheduleKeys has the keys of a [[schedule]], each with a function that sets its value.
var scheduleKeys = map[string]func(s *Schedule, v value) error{
	"kind": func(s *Schedule, v value) (err error) {
		s.Kind, err = v.text("one of " + tomlfile.QuoteList(ScheduleKinds))
		if err == nil && !slices.Contains(ScheduleKinds, s.Kind) {
			err = fmt.Errorf("%s is %q; it must be one of %s", v.key, s.Kind, tomlfile.QuoteList(ScheduleKinds))
		}
		return err
	},
	"url":    func(s *Schedule, v value) (err error) { s.URL, err = v.calendarURL(); return err },
	"path":   func(s *Schedule, v value) (err error) { s.Path, err = v.path(); return err },
	"series": func(s *Schedule, v value) (err error) { s.Series, err = v.name(`a name such as "f1"`); return err },
	"name":   func(s *Schedule, v value) (err error) { s.Name, err = v.name(`a name such as "Club cup"`); return err },
	"color":  func(s *Schedule, v value) (err error) { s.Color, err = v.color(); return err },
}

// checkSchedule validates the combination of a calendar's keys. key is the one that is wrong; "" for none in particular.
func checkSchedule(s Schedule, has func(key string) bool) (key string, err error) {
	switch {
	case !has("kind"):
		return "", fmt.Errorf("schedule has no kind; add kind = one of %s", tomlfile.QuoteList(ScheduleKinds))
	case s.Kind == "ics" && !has("url") && !has("path"):
		return "", errors.New(`a schedule of the kind "ics" needs a url, or the path of a file`)
	case s.Kind != "" && s.Kind != "ics" && has("path"):
		return "path", fmt.Errorf(`schedule.path is for the kind "ics"; a schedule of the kind %q has no file`, s.Kind)
	case has("url") && has("path"):
		return "path", errors.New("schedule has a url and a path; leave one of them out")
	}
	return "", nil
}

// NewSchedule returns the calendar with the given keys of a [[schedule]] table, validated as in config.toml. An empty value counts
// as absent.
func NewSchedule(keys map[string]string) (Schedule, error) {
	var s Schedule
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		set, ok := scheduleKeys[key]
		if !ok {
			return Schedule{}, fmt.Errorf("unknown calendar key %q", key)
		}
		if keys[key] == "" {
			continue
		}
		if err := set(&s, value{"schedule." + key, keys[key]}); err != nil {
			return Schedule{}, err
		}
	}
	if _, err := checkSchedule(s, func(key string) bool { return keys[key] != "" }); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// Keys returns the keys from which NewSchedule makes the same calendar.
func (s Schedule) Keys() map[string]string {
	return map[string]string{"kind": s.Kind, "url": s.URL, "path": s.Path, "series": s.Series, "name": s.Name, "color": s.Color}
}

// calendarURL is httpURL, and also accepts webcal://, which it replaces by https://.
func (v value) calendarURL() (string, error) {
	if s, ok := v.v.(string); ok {
		if rest, ok := strings.CutPrefix(s, "webcal://"); ok {
			v.v = "https://" + rest
		}
		if len(s) > maxSchedulePath {
			return "", fmt.Errorf("%s is longer than %d bytes", v.key, maxSchedulePath)
		}
	}
	return v.httpURL()
}

// path returns the path of a file.
func (v value) path() (string, error) {
	s, err := v.text(`the path of a file such as "~/season.ics"`)
	switch {
	case err != nil:
		return "", err
	case len(s) > maxSchedulePath:
		return "", fmt.Errorf("%s is longer than %d bytes", v.key, maxSchedulePath)
	case strings.Contains(s, "://"):
		// The error does not contain the address, which may be secret.
		return "", fmt.Errorf("%s must be the path of a file; put an address in url", v.key)
	}
	return s, nil
}

// name returns a text of at most maxScheduleName characters.
func (v value) name(what string) (string, error) {
	s, err := v.text(what)
	if err == nil && utf8.RuneCountInString(s) > maxScheduleName {
		err = fmt.Errorf("%s is longer than %d characters", v.key, maxScheduleName)
	}
	return s, err
}

// color returns one of ScheduleColors or #rgb or #rrggbb, in lower case.
func (v value) color() (string, error) {
	what := `a colour such as "#2f6fde", or one of ` + tomlfile.QuoteList(ScheduleColors)
	s, err := v.text(what)
	if err != nil {
		return "", err
	}
	s = strings.ToLower(s)
	if s == "gray" {
		s = "grey"
	}
	if !hexColor.MatchString(s) && !slices.Contains(ScheduleColors, s) {
		return "", fmt.Errorf("%s is %q; it must be %s", v.key, s, what)
	}
	return s, nil
}
