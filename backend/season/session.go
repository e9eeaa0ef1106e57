package season

import (
	"fmt"
	"slices"
	"time"
)

const (
	// EventSpan is how far the sessions of one event may be apart. An event of the same name later on is another one.
	EventSpan = 6 * 24 * time.Hour
	// MaxMove is how far they may be apart where id and name agree: one calendar knows that the event was moved.
	MaxMove = 60 * 24 * time.Hour
	// LongestSession is the longest entry that is taken for a session: a 24-hour race and some. Longer ones are
	// weekends of which the times are not known.
	LongestSession = 48 * time.Hour
)

// NewSession makes a session that begins at start and takes length, or the usual length of its type where length is 0.
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

// NewDatedSession makes a session of which only the day is known.
func NewDatedSession(kind Type, name, date string) (Session, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %q is no date", ErrFormat, Clip(date))
	}
	if err := CheckTime(day); err != nil {
		return Session{}, err
	}
	return Session{Type: kind, Name: name, Date: date}, nil
}

// CheckTime refuses times that cannot be meant.
func CheckTime(t time.Time) error {
	if y := t.UTC().Year(); y < minYear || y > maxYear {
		return fmt.Errorf("%w: %s", ErrDate, t.UTC().Format(time.DateOnly))
	}
	return nil
}

// DefaultLength is how long a session takes where its calendar does not say.
func DefaultLength(t Type) time.Duration {
	switch t {
	case SprintQualifying:
		return 45 * time.Minute
	case Race:
		return 2 * time.Hour
	}
	return time.Hour
}

// StatusAt is where the session stands at now.
func (s *Session) StatusAt(now time.Time) Status {
	switch {
	case s.Status == Cancelled:
		return Cancelled
	case s.InDoubt && s.Start != nil: // it is never live
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

// Begins is the session's start, or that of its day; the zero time where not even that is known.
func (s *Session) Begins() time.Time {
	if s.Start != nil {
		return *s.Start
	}
	day, _ := time.Parse(time.DateOnly, s.Date)
	return day
}

func (s *Session) Day() string {
	if s.Start != nil {
		return s.Start.Format(time.DateOnly)
	}
	return s.Date
}

// Begins is when the first session does. One whose date is in doubt counts only where all are.
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
