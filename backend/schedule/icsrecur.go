package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

const (
	// recurBack and recurAhead are how far from now entries that recur are followed.
	recurBack, recurAhead = 400 * 24 * time.Hour, 400 * 24 * time.Hour
	// maxRecurrences bounds the dates of one entry; the rest is left out with an error.
	maxRecurrences = 500
	// maxSteps bounds the work for all entries of a calendar, in days, weeks, months or years that are looked at.
	maxSteps = 40_000
	// maxInterval bounds INTERVAL, and maxRule the length of a rule in bytes.
	maxInterval, maxRule = 1000, 500
	// maxTimes bounds the times a day that a rule may name.
	maxTimes = 24
)

// errRules is returned for a rule that is beyond what calendars of races need.
var errRules = errors.New("a rule of recurrence that is not followed")

// occurrence is one entry at one time.
type occurrence struct {
	uid, summary, location string
	at                     stamp
	length                 time.Duration // 0: the entry does not say
	cancelled              bool
	// moved is when it would have been by its rule; nil where it keeps to it.
	moved *time.Time
}

// session makes a session of it. One that names only a day, or that is longer than any session, is a session of which
// the time is not known.
func (o occurrence) session(kind Type, name string) (s Session, err error) {
	start := o.at.instant()
	switch {
	case o.at.day:
		s, err = dated(kind, name, o.at.wall.Format(time.DateOnly))
	case o.length > longestSession:
		if err = checkTime(start); err == nil {
			s, err = dated(kind, name, o.at.wall.Format(time.DateOnly))
		}
	default:
		s, err = timed(kind, name, start, o.length)
	}
	if err != nil {
		return s, err
	}
	s.UID = o.uid
	if o.cancelled {
		s.Status = Cancelled
	}
	if o.moved != nil && (s.Start == nil || !o.moved.Equal(*s.Start)) {
		s.MovedFrom = o.moved
	}
	return s, nil
}

// expansion turns entries into occurrences.
type expansion struct {
	zones    *zones
	from, to time.Time
	steps    int
}

func newExpansion(now time.Time, z *zones) *expansion {
	return &expansion{zones: z, from: now.UTC().Add(-recurBack), to: now.UTC().Add(recurAhead), steps: maxSteps}
}

// occurrences lists all that the entries mean, in their order. What cannot be read is left out.
func (x *expansion) occurrences(entries []*ical.VEvent, out *leftOut) (all []occurrence) {
	type exception struct {
		occurrence
		used bool
	}
	exceptions := map[string]map[int64]*exception{} // by uid and the instant that they stand for
	newest := newestOf(entries)
	var masters []*ical.VEvent
	for i, e := range entries {
		uid := property(e, ical.ComponentPropertyUniqueId)
		p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
		switch {
		case p == nil && (uid == "" || newest[uid] == i):
			masters = append(masters, e)
		case p != nil:
			o, err := x.read(e)
			var instead stamp
			if err == nil {
				instead, err = x.zones.stamp(p.Value, p.ICalParameters)
			}
			if err != nil {
				out.add(property(e, ical.ComponentPropertySummary), err)
				continue
			}
			at := instead.instant()
			o.uid += "/" + at.Format(rrule.DateTimeFormat)
			if !instead.day {
				o.moved = &at
			}
			if exceptions[uid] == nil {
				exceptions[uid] = map[int64]*exception{}
			}
			exceptions[uid][at.Unix()] = &exception{occurrence: o}
		}
	}
	for _, e := range masters {
		o, err := x.read(e)
		if err != nil {
			out.add(property(e, ical.ComponentPropertySummary), err)
			continue
		}
		rules, dates := e.GetProperties(ical.ComponentPropertyRrule), e.GetProperties(ical.ComponentPropertyRdate)
		if len(rules) == 0 && len(dates) == 0 {
			all = append(all, o)
			continue
		}
		times, err := x.times(e, o, rules, dates)
		if err != nil {
			out.add(o.summary, err)
		}
		for _, at := range times {
			if other := exceptions[o.uid][at.instant().Unix()]; other != nil {
				other.used = true
				all = append(all, other.occurrence)
				continue
			}
			one := o
			one.at = at
			one.uid += "/" + at.instant().Format(rrule.DateTimeFormat)
			all = append(all, one)
		}
	}
	// Exceptions to a rule that is not in the calendar, or not within reach, stand by themselves.
	for _, e := range entries {
		for _, other := range exceptions[property(e, ical.ComponentPropertyUniqueId)] {
			if at := other.at.instant(); !other.used && at.After(x.from) && at.Before(x.to) {
				other.used = true
				all = append(all, other.occurrence)
			}
		}
	}
	return all
}

// newestOf is the place of the last revision of each entry that is listed more than once.
func newestOf(entries []*ical.VEvent) map[string]int {
	newest, sequence := map[string]int{}, map[string]int{}
	for i, e := range entries {
		uid := property(e, ical.ComponentPropertyUniqueId)
		if e.GetProperty(ical.ComponentPropertyRecurrenceId) != nil {
			continue
		}
		n, _ := strconv.Atoi(property(e, ical.ComponentPropertySequence))
		if _, ok := newest[uid]; !ok || n >= sequence[uid] {
			newest[uid], sequence[uid] = i, n
		}
	}
	return newest
}

// read reads an entry as if it did not recur.
func (x *expansion) read(e *ical.VEvent) (o occurrence, err error) {
	o = occurrence{
		uid: property(e, ical.ComponentPropertyUniqueId), summary: property(e, ical.ComponentPropertySummary), location: property(e, ical.ComponentPropertyLocation),
		cancelled: strings.EqualFold(property(e, ical.ComponentPropertyStatus), "CANCELLED"),
	}
	start := e.GetProperty(ical.ComponentPropertyDtStart)
	if start == nil {
		return o, fmt.Errorf("%w: an entry without a start", ErrFormat)
	}
	if o.at, err = x.zones.stamp(start.Value, start.ICalParameters); err != nil {
		return o, err
	}
	if p := e.GetProperty(ical.ComponentPropertyDtEnd); p != nil {
		if end, err := x.zones.stamp(p.Value, p.ICalParameters); err == nil && !end.day {
			o.length = end.instant().Sub(o.at.instant())
		}
	} else if p := e.GetProperty(ical.ComponentPropertyDuration); p != nil {
		o.length = parseDuration(p.Value)
	}
	return o, nil
}

// times are those at which an entry with rules or further dates takes place, its own start among them.
func (x *expansion) times(e *ical.VEvent, o occurrence, rules, dates []*ical.IANAProperty) (out []stamp, failed error) {
	fail := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	walls := map[time.Time]bool{o.at.wall: true}
	for _, p := range rules {
		list, steps, err := x.recur(p.Value, o.at)
		if err != nil {
			fail(err)
		}
		x.steps -= steps
		for _, w := range list {
			walls[w] = true
		}
	}
	// A date of another zone is held as this zone's clock shows it.
	each := func(list []*ical.IANAProperty, visit func(stamp)) {
		for _, p := range list {
			for value := range strings.SplitSeq(p.Value, ",") {
				value, _, _ = strings.Cut(value, "/") // of a PERIOD, the start
				s, err := x.zones.stamp(value, p.ICalParameters)
				if err != nil {
					fail(err)
					continue
				}
				visit(s)
			}
		}
	}
	each(dates, func(s stamp) {
		if s.day || o.at.day {
			walls[s.wall] = true
		} else {
			walls[o.at.zone.wall(s.instant())] = true
		}
	})
	byDay := map[string][]time.Time{}
	for w := range walls {
		day := w.Format(time.DateOnly)
		byDay[day] = append(byDay[day], w)
	}
	each(e.GetProperties(ical.ComponentPropertyExdate), func(s stamp) {
		if !s.day {
			delete(walls, o.at.zone.wall(s.instant()))
			return
		}
		for _, w := range byDay[s.wall.Format(time.DateOnly)] {
			delete(walls, w)
		}
	})
	for w := range walls {
		if at := o.at.zone.instant(w); at.After(x.from) && at.Before(x.to) {
			out = append(out, stamp{w, o.at.zone, o.at.day})
		}
	}
	slices.SortFunc(out, func(a, b stamp) int { return a.wall.Compare(b.wall) })
	if len(out) > maxRecurrences {
		fail(fmt.Errorf("more than %d dates", maxRecurrences))
		out = out[:maxRecurrences]
	}
	return out, failed
}

func (x *expansion) recur(rule string, at stamp) ([]time.Time, int, error) {
	if x.steps <= 0 {
		return nil, 0, fmt.Errorf("%w: the calendar has too many of them", errRules)
	}
	return recur(rule, at.wall, x.from.Add(-24*time.Hour), x.to, at.zone)
}

// recur follows a rule on the clock of a zone, from start to end, and lists what lies after from. steps says what that
// cost. An UNTIL in UTC is an instant, which the zone turns into its clock's time.
func recur(rule string, start, from, end time.Time, z zone) (out []time.Time, steps int, err error) {
	defer func() {
		if r := recover(); r != nil { // the library trusts what it parsed
			out, err = nil, fmt.Errorf("%w: %s", errRules, clip(rule))
		}
	}()
	if len(rule) > maxRule {
		return nil, 0, fmt.Errorf("%w: it is longer than %d bytes", errRules, maxRule)
	}
	o, err := rrule.StrToROptionInLocation(strings.TrimSpace(rule), time.UTC)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %q", ErrFormat, clip(rule))
	}
	if !sensible(o) {
		return nil, 0, fmt.Errorf("%w: %q", errRules, clip(rule))
	}
	if !o.Until.IsZero() {
		switch value := untilOf(rule); {
		case strings.HasSuffix(value, "Z"):
			o.Until = z.wall(o.Until)
		case len(value) == len(rrule.DateFormat):
			o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second)
		}
	}
	if o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	step := map[rrule.Frequency]time.Duration{
		rrule.DAILY: 24 * time.Hour, rrule.WEEKLY: 7 * 24 * time.Hour, rrule.MONTHLY: 28 * 24 * time.Hour, rrule.YEARLY: 365 * 24 * time.Hour,
	}[o.Freq]
	if round := step * time.Duration(max(1, o.Interval)); o.Count == 0 && (o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY) && start.Before(from) {
		// Whole rounds before what is looked for change nothing.
		start = start.Add(max(0, from.Sub(start)/round-1) * round)
	}
	o.Dtstart = start
	if steps = int(max(0, o.Until.Sub(start)) / step); steps > maxSteps/2 {
		return nil, 0, fmt.Errorf("%w: it begins too long ago", errRules)
	}
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %q", ErrFormat, clip(rule))
	}
	next := r.Iterator()
	for n := 0; n <= maxSteps/2 && len(out) <= maxRecurrences; n++ {
		steps++
		at, ok := next()
		if !ok {
			break
		}
		if at.After(from) {
			out = append(out, at)
		}
	}
	return out, steps + 1, nil
}

// sensible tells whether a rule is one that races follow, and no endless work.
func sensible(o *rrule.ROption) bool {
	times := max(1, len(o.Byhour)) * max(1, len(o.Byminute)) * max(1, len(o.Bysecond))
	return o.Freq <= rrule.DAILY && o.Interval >= 0 && o.Interval <= maxInterval && o.Count >= 0 && times <= maxTimes
}

// untilOf is the value of a rule's UNTIL.
func untilOf(rule string) string {
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(part), "UNTIL="); ok {
			return v
		}
	}
	return ""
}
