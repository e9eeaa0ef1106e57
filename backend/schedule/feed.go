package schedule

import (
	"fmt"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
)

const (
	// feedProduct names us in a calendar that we write.
	feedProduct = "-//Gridwall//Schedule//EN"
	// feedRefresh is how often calendar apps are asked to read it again.
	feedRefresh = "PT1H"
)

// Feed writes the calendar as RFC 5545 has it, an entry a session, for calendar apps to subscribe to. series are the
// series to list; none means all. A session keeps its UID for as long as its event keeps its id; one that was cancelled
// is listed as such; one without a time is an entry of the whole day. There are no alarms.
func Feed(c Calendar, series []string, now time.Time) []byte {
	cal := ical.NewCalendarFor("Gridwall")
	cal.SetProductId(feedProduct)
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName(feedName(series))
	cal.SetXPublishedTTL(feedRefresh)
	cal.SetRefreshInterval(feedRefresh)
	stamp := now
	if c.FetchedAt != nil {
		stamp = *c.FetchedAt
	}
	wanted := map[string]bool{}
	for _, s := range series {
		wanted[seriesKey(s)] = true
	}
	for i := range c.Events {
		e := &c.Events[i]
		if len(wanted) > 0 && !wanted[seriesKey(e.Series)] {
			continue
		}
		same := map[string]int{}
		for j := range e.Sessions {
			s := &e.Sessions[j]
			if s.begins().IsZero() {
				continue
			}
			uid := slug(e.ID) + "-" + slug(string(s.Type)+"-"+s.Name)
			if same[uid]++; same[uid] > 1 {
				uid += fmt.Sprintf("-%d", same[uid])
			}
			writeEntry(cal.AddEvent(uid+"@gridwall"), e, s, stamp)
		}
	}
	// RFC 5545 3.1: lines end with CRLF, whatever the machine writes.
	return []byte(cal.Serialize(ical.WithNewLineWindows))
}

func feedName(series []string) string {
	if len(series) == 0 {
		return "Gridwall"
	}
	names := make([]string, len(series))
	for i, s := range series {
		names[i] = shortSeries(s)
	}
	return label(strings.Join(names, ", "))
}

func writeEntry(entry *ical.VEvent, e *Event, s *Session, stamp time.Time) {
	entry.SetDtStampTime(stamp)
	var notes []string
	title := fmt.Sprintf("%s: %s (%s)", shortSeries(e.Series), s.Name, e.Name)
	if s.Start != nil {
		entry.SetStartAt(*s.Start)
		if s.End != nil {
			entry.SetEndAt(*s.End)
		}
	} else {
		entry.SetAllDayStartAt(s.begins())
		notes = append(notes, "Time to be announced.")
	}
	entry.SetSummary(label(title))
	var places []string
	for _, p := range []string{e.Circuit, e.Locality, e.Country} {
		if p = label(p); p != "" && (len(places) == 0 || places[len(places)-1] != p) {
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
	entry.AddCategory(label(shortSeries(e.Series)))
	switch {
	case s.Status == Cancelled:
		entry.SetStatus(ical.ObjectStatusCancelled)
	case s.InDoubt:
		entry.SetStatus(ical.ObjectStatusTentative)
	default:
		entry.SetStatus(ical.ObjectStatusConfirmed)
	}
}

// shortSeries is a series as it stands before a session's name: F1, MOTOGP.
func shortSeries(series string) string {
	if series == "" {
		return "Races"
	}
	return strings.ToUpper(strings.NewReplacer("-", " ", "_", " ").Replace(series))
}
