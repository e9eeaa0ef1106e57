package ics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"
	"gridwall/backend/timezone"

	ical "github.com/arran4/golang-ical"
)

// errFloating is reported for floating times in a calendar that names no zone.
var errFloating = errors.New("times without a time zone are read as UTC: the calendar names none")

// icsReader resolves what applies to each entry of a file: its zone, its series, and whether its calendar is a cancellation.
type icsReader struct {
	normalised
	series string // "": the calendar's own name
	book   *zoneTable
	// named are the zones that each calendar describes, and those of the whole file; two at most.
	named map[int][]string
	zones map[zonesKey]*zones
	order []*zones
	names map[int]string // by calendar
	// fallback are the zones that calendars of the file name, for calendars that name none.
	fallback []string
}

type zonesKey struct {
	calendar int
	name     string
}

func newICSReader(t normalised, series string) *icsReader {
	r := &icsReader{normalised: t, series: series, book: newZoneTable(), named: map[int][]string{}, zones: map[zonesKey]*zones{}, names: map[int]string{}}
	for _, h := range t.calendars {
		for _, name := range []string{h.firstZone, h.otherZone} {
			if name != "" && len(r.fallback) < maxCalendarZones && !slices.Contains(r.fallback, name) {
				r.fallback = append(r.fallback, name)
			}
		}
	}
	return r
}

// describe records the zones that the file describes, in the order of normalised.zones.
func (r *icsReader) describe(all []*ical.VTimezone) {
	for i, own := range all {
		if i >= len(r.normalised.zones) {
			break
		}
		calendar := r.normalised.zones[i]
		if name := r.book.describe(calendar, own); name != "" {
			for _, c := range []int{calendar, anyCalendar} {
				if len(r.named[c]) < 2 && !slices.Contains(r.named[c], name) {
					r.named[c] = append(r.named[c], name)
				}
			}
		}
	}
}

// entries combines the entries with their context in the file.
func (r *icsReader) entries(all []*ical.VEvent) []*entry {
	out := make([]*entry, 0, len(all))
	for i, e := range all {
		if i >= len(r.normalised.entries) {
			break
		}
		place := r.normalised.entries[i]
		out = append(out, &entry{
			VEvent: e, entryPlace: place, uid: property(e, ical.ComponentPropertyUniqueId),
			zones: r.zonesOf(place), cancelled: strings.EqualFold(place.method, "CANCEL"),
		})
	}
	return out
}

// zonesOf returns the zones for entries at a place. Entries with the same calendar and zone share them.
func (r *icsReader) zonesOf(place entryPlace) *zones {
	key := zonesKey{place.calendar, place.zone}
	if z := r.zones[key]; z != nil {
		return z
	}
	z := &zones{calendar: place.calendar, table: r.book}
	z.floating, z.guess = r.floating(place)
	r.zones[key] = z
	r.order = append(r.order, z)
	return z
}

// floating returns the zone of floating times: X-WR-TIMEZONE, else TIMEZONE-ID or TZID, else the only zone that the calendar
// describes, else that of the file's other calendars, else UTC. guess is the remark to report if it is only a guess.
func (r *icsReader) floating(place entryPlace) (found zone, guess error) {
	names := []string{place.zone, r.calendars[place.calendar].otherZone}
	names = append(names, onlyZone(r.named[place.calendar]))
	names = append(names, r.fallback...)
	names = append(names, onlyZone(r.named[anyCalendar]))
	for _, name := range names {
		if name == "" {
			continue
		}
		z, err := r.book.find(place.calendar, name)
		if err == nil {
			return z, nil
		}
		guess = cmp.Or(guess, fmt.Errorf("times without a time zone are read as UTC: %w", err))
	}
	return fixedZone{time.UTC}, cmp.Or(guess, errFloating)
}

// onlyZone returns the zone if there is only one, else "". UTC next to another zone is ignored: many programs describe it in
// addition to the one they use.
func onlyZone(names []string) (only string) {
	if len(names) == 1 {
		return names[0]
	}
	for _, name := range names {
		if z := timezone.LookupCertain(name); z != nil && strings.HasSuffix(z.String(), "UTC") {
			continue
		}
		if only != "" {
			return ""
		}
		only = name
	}
	return only
}

// maxCalendarZones limits the zones that are tried for floating times.
const maxCalendarZones = 5

// seriesOf returns the series of a calendar's events: the user's choice, else the calendar's own name, else that of the file.
func (r *icsReader) seriesOf(calendar int) string {
	if r.series != "" {
		return r.series
	}
	name, ok := r.names[calendar]
	if !ok {
		name = season.Slug(r.calendars[calendar].name)
		for i := 0; name == "" && i < min(len(r.calendars), maxCalendarZones); i++ {
			name = season.Slug(r.calendars[i].name)
		}
		r.names[calendar] = name
	}
	return cmp.Or(name, season.UnnamedSeries)
}

// noteZones reports which times were read as UTC by a guess.
func (r *icsReader) noteZones(out *season.Omissions) {
	for _, z := range r.order {
		if z.guessed {
			out.Note(z.guess)
		}
	}
}
