package ics

import (
	"fmt"
	"strings"
	"time"

	"gridwall/backend/season"

	ical "github.com/arran4/golang-ical"
)

const (
	// productID is the PRODID of calendars that we write.
	productID = "-//Gridwall//Schedule//EN"
	// refreshInterval is how often calendar applications are asked to fetch the calendar again.
	refreshInterval = "PT1H"
)

// Write returns events as iCalendar text (RFC 5545), one entry per session, for calendar applications to subscribe to. series
// are the series to list; none means all. stamp is the time of the data (DTSTAMP). A session keeps its UID as long as its event
// keeps its id; a cancelled session has STATUS:CANCELLED; a session without a time is an all-day entry. There are no alarms.
func Write(events []season.Event, series []string, stamp time.Time) []byte {
	cal := ical.NewCalendarFor("Gridwall")
	cal.SetProductId(productID)
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName(calendarName(series))
	cal.SetXPublishedTTL(refreshInterval)
	cal.SetRefreshInterval(refreshInterval)
	wanted := map[string]bool{}
	for _, s := range series {
		wanted[season.SeriesKey(s)] = true
	}
	for i := range events {
		e := &events[i]
		if len(wanted) > 0 && !wanted[season.SeriesKey(e.Series)] {
			continue
		}
		same := map[string]int{}
		for j := range e.Sessions {
			s := &e.Sessions[j]
			if s.Begins().IsZero() {
				continue
			}
			uid := season.Slug(e.ID) + "-" + season.Slug(string(s.Type)+"-"+s.Name)
			if same[uid]++; same[uid] > 1 {
				uid += fmt.Sprintf("-%d", same[uid])
			}
			writeEntry(cal.AddEvent(uid+"@gridwall"), e, s, stamp)
		}
	}
	// Lines end with CRLF on every platform (RFC 5545 section 3.1).
	return []byte(cal.Serialize(ical.WithNewLineWindows))
}

func calendarName(series []string) string {
	if len(series) == 0 {
		return "Gridwall"
	}
	names := make([]string, len(series))
	for i, s := range series {
		names[i] = shortSeries(s)
	}
	return season.Label(strings.Join(names, ", "))
}

func writeEntry(entry *ical.VEvent, e *season.Event, s *season.Session, stamp time.Time) {
	entry.SetDtStampTime(stamp)
	var notes []string
	title := fmt.Sprintf("%s: %s (%s)", shortSeries(e.Series), s.Name, e.Name)
	if s.Start != nil {
		entry.SetStartAt(*s.Start)
		if s.End != nil {
			entry.SetEndAt(*s.End)
		}
	} else {
		entry.SetAllDayStartAt(s.Begins())
		notes = append(notes, "Time to be announced.")
	}
	entry.SetSummary(season.Label(title))
	var places []string
	for _, p := range []string{e.Circuit, e.Locality, e.Country} {
		if p = season.Label(p); p != "" && (len(places) == 0 || places[len(places)-1] != p) {
			places = append(places, p)
		}
	}
	if len(places) > 0 {
		entry.SetLocation(strings.Join(places, ", "))
	}
	if s.MovedFrom != nil {
		notes = append(notes, "Moved from "+s.MovedFrom.Format("2 Jan 2006 15:04")+" UTC.")
	}
	if s.InDoubt {
		notes = append(notes, "The date is in doubt.")
	}
	if len(notes) > 0 {
		entry.SetDescription(strings.Join(notes, " "))
	}
	entry.AddCategory(season.Label(shortSeries(e.Series)))
	switch {
	case s.Status == season.Cancelled:
		entry.SetStatus(ical.ObjectStatusCancelled)
	case s.InDoubt:
		entry.SetStatus(ical.ObjectStatusTentative)
	default:
		entry.SetStatus(ical.ObjectStatusConfirmed)
	}
}

// shortSeries returns a series as it is written before the name of a session: F1, MOTOGP.
func shortSeries(series string) string {
	if series == "" {
		return "Races"
	}
	return strings.ToUpper(strings.NewReplacer("-", " ", "_", " ").Replace(series))
}
