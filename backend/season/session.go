package season

import (
	"fmt"
	"slices"
	"time"
)

const (
	// EventSpan is how far apart the sessions of one event may be. A later one of the same name belongs to another event.
	EventSpan = 6 * 24 * time.Hour
	// MaxMove is how far apart two calendars may date the event with the same id and name: one of them knows that it was moved.
	MaxMove = 60 * 24 * time.Hour
	// LongestSession is the maximum length of an entry that counts as a session; it allows for a 24-hour race. Longer entries are
	// weekends whose times are unknown.
	LongestSession = 48 * time.Hour
)

// NewSession returns a session that begins at start and lasts length, or the usual time for its type if length is 0. The error is
// ErrDate.
func NewSession(kind Type, name string, start time.Time, length time.Duration) (Session, error) {
	if err := CheckTime(start); err != nil {
		return Session{}, err
	}
	guessed := length <= 0
	if guessed {
		length = DefaultLength(kind)
	}
	start = start.UTC().Truncate(time.Second)
	end := start.Add(length)
	return Session{Type: kind, Name: name, Start: &start, End: &end, Guessed: guessed}, nil
}

// NewDatedSession returns a session of which only the day is known, such as 2026-05-24. The error is ErrFormat or ErrDate.
func NewDatedSession(kind Type, name, date string) (Session, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %q is not a date", ErrFormat, Clip(date))
	}
	if err := CheckTime(day); err != nil {
		return Session{}, err
	}
	return Session{Type: kind, Name: name, Date: date}, nil
}

// CheckTime returns ErrDate for a time outside the plausible years.
func CheckTime(t time.Time) error {
	if y := t.UTC().Year(); y < minYear || y > maxYear {
		return fmt.Errorf("%w: %s", ErrDate, t.UTC().Format(time.DateOnly))
	}
	return nil
}

// DefaultLength returns the usual length of a session, for calendars without an end.
func DefaultLength(t Type) time.Duration {
	switch t {
	case SprintQualifying:
		return 45 * time.Minute
	case Race:
		return 2 * time.Hour
	}
	return time.Hour
}

// StatusAt returns the status of the session at now.
func (s *Session) StatusAt(now time.Time) Status {
	switch {
	case s.Status == Cancelled:
		return Cancelled
	case s.InDoubt && s.Start != nil: // never live
		if now.Before(*s.Start) || s.End != nil && now.Before(*s.End) {
			return Upcoming
		}
		return Past
	case s.Start == nil:
		day, err := time.Parse(time.DateOnly, s.Date)
		if err == nil && !now.Before(day.AddDate(0, 0, 1)) {
			return Past
		}
		return Upcoming
	case now.Before(*s.Start):
		return Upcoming
	case s.End != nil && now.Before(*s.End):
		return Live
	}
	return Past
}

// Begins returns the session's start, or the start of its day; the zero time if neither is known.
func (s *Session) Begins() time.Time {
	if s.Start != nil {
		return *s.Start
	}
	day, _ := time.Parse(time.DateOnly, s.Date)
	return day
}

// Day returns the day of the session, such as 2026-05-24; "" if it is unknown.
func (s *Session) Day() string {
	if s.Start != nil {
		return s.Start.Format(time.DateOnly)
	}
	return s.Date
}

// Begins returns the start of the first session. Doubtful dates count only if all are doubtful.
func (e *Event) Begins() time.Time {
	var first, doubtful time.Time
	for i := range e.Sessions {
		b, of := e.Sessions[i].Begins(), &first
		if e.Sessions[i].InDoubt {
			of = &doubtful
		}
		if !b.IsZero() && (of.IsZero() || b.Before(*of)) {
			*of = b
		}
	}
	if first.IsZero() {
		return doubtful
	}
	return first
}

// BeforeRace reports whether sessions of a type take place before the race.
func BeforeRace(t Type) bool {
	return slices.Contains([]Type{FP1, FP2, FP3, Qualifying, SprintQualifying}, t)
}
