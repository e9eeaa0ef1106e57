// Package dates reads the dates and times of EXT-X-PROGRAM-DATE-TIME and EXT-X-DATERANGE as servers write them, and writes
// them as every player reads them.
package dates

import (
	"strings"
	"time"
)

// Parse reads a date and time as EXT-X-PROGRAM-DATE-TIME has it: as RFC 3339 writes it, and as servers do (without
// separators, with a comma before the fraction, a zone of hours alone, the name of a zone, quotes around all of it).
// Without a zone it counts as UTC (RFC 8216bis, section 4.4.4.6). It returns the zero time if s cannot be read. plain reports
// whether all players read s, and as this time: JavaScript takes local time where the zone is missing, and refuses most
// of the other forms. It is several times as fast as time.Parse.
func Parse(s string) (t time.Time, plain bool) {
	if t, ok := usualDate(s); ok {
		return t, true
	}
	d := dateReader{rest: s, plain: true}
	d.unquote()
	t, ok := d.read()
	if !ok || t.Year() < 0 || t.Year() > 9999 { // a zone can take it there, and no player reads five digits
		return time.Time{}, false
	}
	return t, d.plain
}

// usualDate returns a fast path for the form that nearly all servers write: 2030-05-24T13:00:04.500Z, or with +02:00.
func usualDate(s string) (t time.Time, ok bool) {
	const seconds = len("2006-01-02T15:04:05")
	if len(s) <= seconds || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	century, year, month, day := two(s), two(s[2:]), two(s[5:]), two(s[8:])
	hour, minute, sec := two(s[11:]), two(s[14:]), two(s[17:])
	if century < 10 || year < 0 || month < 1 || month > 12 || day < 1 || day > 28 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || sec < 0 || sec > 59 {
		return time.Time{}, false
	}
	zone, nanos := s[seconds:], 0
	if zone[0] == '.' {
		n := 1
		for scale := int(100 * time.Millisecond); n < len(zone) && isDigit(zone[n]); n++ {
			nanos += scale * int(zone[n]-'0')
			scale /= 10
		}
		if n < 2 || n > 10 {
			return time.Time{}, false
		}
		zone = zone[n:]
	}
	switch {
	case zone == "Z":
	case len(zone) == len("+02:00") && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':':
		hours, minutes := two(zone[1:]), two(zone[4:])
		if hours < 0 || hours > 14 || minutes < 0 || minutes > 59 {
			return time.Time{}, false
		}
		if offset := hours*3600 + minutes*60; zone[0] == '+' {
			sec -= offset
		} else {
			sec += offset
		}
	default:
		return time.Time{}, false
	}
	return time.Date(century*100+year, time.Month(month), day, hour, minute, sec, nanos, time.UTC), true
}

// two returns the number that the first two digits of s form; -1 if they are not digits.
func two(s string) int {
	if !isDigit(s[0]) || !isDigit(s[1]) {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

// Format returns t in a form that every player reads.
func Format(t time.Time) string {
	if t.Nanosecond()%int(time.Millisecond) == 0 {
		return t.Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.Format(time.RFC3339Nano)
}

// dateReader walks over a date. plain becomes false at the first form that RFC 3339 does not have, except the zone without a
// colon (+0000): many servers write it and players read it, so their dates stay as they are.
type dateReader struct {
	rest  string
	plain bool
}

func (d *dateReader) unquote() {
	clean := strings.Trim(d.rest, "\"', \t;")
	d.plain = len(clean) == len(d.rest)
	d.rest = clean
}

func (d *dateReader) read() (t time.Time, ok bool) {
	var year, month, day, hour, minute, sec int
	if !d.digits(4, &year) || !d.joined('-') || !d.digits(2, &month) || !d.joined('-') || !d.digits(2, &day) || !d.between() ||
		!d.digits(2, &hour) || !d.joined(':') || !d.digits(2, &minute) {
		return time.Time{}, false
	}
	if timed := d.rest != "" && (d.rest[0] == ':' || isDigit(d.rest[0])); !timed {
		d.plain = false // no seconds
	} else if !d.joined(':') || !d.digits(2, &sec) {
		return time.Time{}, false
	}
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || sec > 60 {
		return time.Time{}, false
	}
	nanos := d.fraction()
	offset, ok := d.zone()
	if !ok {
		return time.Time{}, false
	}
	if hour > 23 || sec > 59 || day > 28 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		d.plain = false
	}
	return time.Date(year, time.Month(month), day, hour, minute, sec-offset, nanos, time.UTC), true
}

// digits reads n digits.
func (d *dateReader) digits(n int, v *int) (ok bool) {
	if len(d.rest) < n {
		return false
	}
	*v, ok = number(d.rest[:n])
	d.rest = d.rest[n:]
	return ok
}

// joined skips a separator. The basic form of ISO 8601 has none.
func (d *dateReader) joined(c byte) bool {
	switch {
	case d.rest == "":
		return false
	case d.rest[0] == c:
		d.rest = d.rest[1:]
	case isDigit(d.rest[0]):
		d.plain = false
	default:
		return false
	}
	return true
}

// between skips the separator between the date and the time.
func (d *dateReader) between() bool {
	n := len(d.rest) - len(strings.TrimLeft(d.rest, " \t\r\n\v\f"))
	if n == 0 && d.rest != "" && (d.rest[0] == 'T' || d.rest[0] == 't') {
		n = 1
	}
	d.plain = d.plain && n == 1 && d.rest[0] == 'T'
	d.rest = d.rest[n:]
	return n > 0
}

func (d *dateReader) fraction() (nanos int) {
	if d.rest == "" || d.rest[0] != '.' && d.rest[0] != ',' {
		return 0
	}
	i := 1
	for unit := int(time.Second); i < len(d.rest) && isDigit(d.rest[i]); i++ {
		unit /= 10
		nanos += unit * int(d.rest[i]-'0')
	}
	d.plain = d.plain && d.rest[0] == '.' && i > 1
	d.rest = d.rest[i:]
	return nanos
}

// zone returns how many seconds the zone is ahead of UTC.
func (d *dateReader) zone() (offset int, ok bool) {
	s := strings.TrimLeft(d.rest, " \t")
	d.plain = d.plain && len(s) == len(d.rest)
	switch {
	case s == "Z":
		return 0, true
	case s == "" || s[0] != '+' && s[0] != '-':
		d.plain = false
		return 0, isUTC(s)
	}
	sign := s[0]
	s, _, named := strings.Cut(s[1:], "[") // the name of a zone, as Java writes it
	hours, minutes, split := strings.Cut(strings.TrimRight(s, " \t"), ":")
	if !split && len(hours) == 4 {
		hours, minutes, split = hours[:2], hours[2:], true
	}
	h, ok := number(hours)
	m := 0
	if ok = ok && len(hours) == 2; split && ok {
		m, ok = number(minutes)
		ok = ok && len(minutes) == 2
	}
	if !ok {
		return 0, false
	}
	d.plain = d.plain && !named && split
	offset = (h*60 + m) * 60
	if sign == '-' {
		offset = -offset
	}
	return offset, true
}

// isUTC reports whether a zone's name is that of UTC, or missing.
func isUTC(s string) bool {
	i := strings.IndexFunc(s, func(r rune) bool { return !(r|' ' >= 'a' && r|' ' <= 'z') })
	if i < 0 {
		i = len(s)
	}
	switch strings.ToUpper(s[:i]) {
	case "", "Z", "UTC", "GMT", "UT":
		return true
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number returns the number that s, all of it digits, stands for.
func number(s string) (v int, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		v = v*10 + int(s[i]-'0')
	}
	return v, true
}
