package schedule

import (
	"time"

	"gridwall/backend/season"
)

// sessionIndex finds out which sessions a series has without comparing all of them.
type sessionIndex struct {
	starts map[indexKey][2]int64 // the first and the last start in each period of sameSession, in Unix seconds
	days   map[indexKey]bool     // true if only the day of a session is known
}

// indexKey is a kind of session (see sameKind) in a period of sameSession or on a day.
type indexKey struct {
	series, kind, day string
	stretch           int64
}

func newSessionIndex() *sessionIndex {
	return &sessionIndex{starts: map[indexKey][2]int64{}, days: map[indexKey]bool{}}
}

func keyIn(series string, s *season.Session) indexKey {
	key := indexKey{series: series, kind: string(s.Type)}
	if s.Type == season.Other {
		key.kind += "\n" + season.Slug(s.Name)
	}
	return key
}

func (x *sessionIndex) add(series string, s season.Session) {
	day := keyIn(series, &s)
	if day.day = s.Day(); day.day != "" {
		x.days[day] = x.days[day] || s.Start == nil
	}
	if s.Start == nil {
		return
	}
	key := keyIn(series, &s)
	at := s.Start.Unix()
	key.stretch = at / int64(sameSession/time.Second)
	ends, ok := x.starts[key]
	if !ok {
		ends = [2]int64{at, at}
	}
	x.starts[key] = [2]int64{min(ends[0], at), max(ends[1], at)}
}

// has reports whether the series has a session of the same kind and time as s.
func (x *sessionIndex) has(series string, s season.Session) bool {
	day := keyIn(series, &s)
	day.day = s.Day()
	if dated, ok := x.days[day]; ok && (dated || s.Start == nil) {
		return true
	}
	if s.Start == nil {
		return false
	}
	const span = int64(sameSession / time.Second)
	key := keyIn(series, &s)
	at := s.Start.Unix()
	for n := int64(-1); n <= 1; n++ {
		key.stretch = at/span + n
		if ends, ok := x.starts[key]; ok && ends[0] <= at+span && ends[1] >= at-span {
			return true
		}
	}
	return false
}
