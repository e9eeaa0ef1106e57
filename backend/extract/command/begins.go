package command

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// figure and number match the numbers of a remaining time.
	figure = `\d{1,4}(?:\.\d)?`
	number = `half an?|an?(?: couple of)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty-five|forty|fifty|sixty|ninety`
	unit   = `seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|[smhd]`
	// span matches the duration in an announcement: "2 hours", "about an hour", "1h30m", "a few moments".
	span = `(?:about |around |approximately |less than |under |~ ?)?(?:(?:` + figure + ` ?|(?:` + number + `|(?:a )?few|several)[ -](?:few )?)(?:` + unit + `|moments?)(?:\b|\d)|\d+:\d\d)`
	// clock matches a time of day with an optional zone.
	clock = `(\d{1,2})(?:[:.](\d\d))?(?::\d\d)?(?:\.\d+)? ?([ap]\.?m\b\.?)? ?((?-i:Z\b|[A-Z]{2,4}\b)?(?:[+-]\d{1,2}(?::?\d\d)?\b)?)`
	month = `(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`
	week  = `(today|tonight|tomorrow|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?)`
)

var (
	// amount matches one part of "in 2 hours and 5 minutes", moment an unspecified short time.
	amount = regexp.MustCompile(`(?i)\b(?:(` + figure + `)[ -]?|(` + number + `)[ -])(` + unit + `)\b`)
	moment = regexp.MustCompile(`(?i)\b(?:moments?|momentarily|shortly|soon)\b`)
	inWord = regexp.MustCompile(`(?i)(?:^|\s)in\s`)
	// noIn matches phrases with a remaining time without "in" before it: "3 days from now", "2 hours until the race starts".
	noIn = regexp.MustCompile(`(?i)\b(?:from now|until|before|countdown)\b`)
	// joined matches where "1h30m" is split.
	joined = regexp.MustCompile(`([a-z])(\d)`)
	// countdown matches hours, minutes and seconds.
	countdown = regexp.MustCompile(`\b(\d{1,3}):(\d\d):(\d\d)\b`)
	halfMore  = regexp.MustCompile(`(?i)\band a half\b`)

	isoDate  = regexp.MustCompile(`(?i)\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T, ]+(?:at )?)` + clock)
	dotDate  = regexp.MustCompile(`(?i)\b(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T, ]+(?:at )?)` + clock)
	monthDay = regexp.MustCompile(`(?i)\b` + month + ` (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?,?(?: at)? ` + clock)
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + month + `(?:,? (\d{4}))?,?(?: at)? ` + clock)
	weekDay  = regexp.MustCompile(`(?i)\b` + week + `,?(?: at)? ` + clock)
	clockDay = regexp.MustCompile(`(?i)\b` + clock + ` (?:on )?` + week + `\b`)
	atClock  = regexp.MustCompile(`(?i)\bat ` + clock)
)

// numbers are the values of the words in number; a half is 0.5.
var numbers = map[string]float64{
	"half a": 0.5, "half an": 0.5, "a couple of": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90,
}

// units are the units of time that tools print, by their first letters; a month counts as 30 days.
var units = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "mo": 30 * 24 * time.Hour,
}

// zones are the abbreviations with a single meaning. Others (CST, IST) have several.
var zones = map[string]int{
	"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
	"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

const (
	// aMoment is the duration that "in a few moments" means.
	aMoment = time.Minute
	// longPast is how long ago a time of day may be: that stream is overdue. An earlier one means the next day.
	longPast = 6 * time.Hour
	// farthest is how far in the future a time may be; later ones are ignored.
	farthest = 400 * 24 * time.Hour
)

// beginsIn returns when a stream begins that is announced for "in 2 hours and 5 minutes", or "tomorrow at 14:00", in UTC;
// zero if the text does not say. A time without a zone is local, as tools print them.
func beginsIn(words string, now time.Time) (at time.Time) {
	at, ok := dateIn(words, now)
	if !ok {
		total := spanIn(words)
		if total == 0 && moment.MatchString(words) {
			total = aMoment
		}
		if total == 0 {
			return time.Time{}
		}
		at = now.Add(total)
	}
	if at.Before(now.Add(-24*time.Hour)) || at.After(now.Add(farthest)) {
		return time.Time{}
	}
	return at.UTC().Truncate(time.Second)
}

// spanIn returns the duration after "in", or the remaining time in a message; 0 if there is none.
func spanIn(words string) (total time.Duration) {
	if in := inWord.FindStringIndex(words); in != nil {
		words = words[in[1]:]
	} else if !noIn.MatchString(words) {
		return 0
	}
	words = joined.ReplaceAllString(words, "$1 $2")
	if m := countdown.FindStringSubmatch(words); m != nil {
		return time.Duration(atoi(m[1]))*time.Hour + time.Duration(atoi(m[2]))*time.Minute + time.Duration(atoi(m[3]))*time.Second
	}
	last := time.Duration(0)
	for _, m := range amount.FindAllStringSubmatch(words, 4) {
		n, ok := numbers[strings.ToLower(m[2])]
		if !ok {
			var err error
			if n, err = strconv.ParseFloat(m[1], 64); err != nil {
				n = 1 // an hour
			}
		}
		name := strings.ToLower(m[3])
		length := units[name[:1]]
		if strings.HasPrefix(name, "mo") {
			length = units["mo"]
		}
		total += time.Duration(n * float64(length))
		last = length
	}
	if halfMore.MatchString(words) {
		total += last / 2
	}
	return total
}

// dateIn returns the time in a text; ok is false if there is no unambiguous one.
func dateIn(words string, now time.Time) (at time.Time, ok bool) {
	local := now.In(time.Local)
	day := func(year, month, date string, c []string) (time.Time, bool) {
		y := local.Year()
		if year != "" {
			y = atoi(year)
		}
		m := strings.Index("jan feb mar apr may jun jul aug sep oct nov dec", strings.ToLower(month))/4 + 1
		if month[0] <= '9' {
			m = atoi(month)
		}
		at, ok := timeOn(y, time.Month(m), atoi(date), c)
		if ok && year == "" && at.Before(now.AddDate(0, -6, 0)) { // "2 January" in December means the next year
			at = at.AddDate(1, 0, 0)
		}
		return at, ok
	}
	if m := isoDate.FindStringSubmatch(words); m != nil {
		return day(m[1], m[2], m[3], m[4:])
	}
	if m := dotDate.FindStringSubmatch(words); m != nil {
		return day(m[3], m[2], m[1], m[4:])
	}
	if m := monthDay.FindStringSubmatch(words); m != nil {
		return day(m[3], m[1], m[2], m[4:])
	}
	if m := dayMonth.FindStringSubmatch(words); m != nil {
		return day(m[3], m[2], m[1], m[4:])
	}
	name, c := "", []string(nil)
	if m := weekDay.FindStringSubmatch(words); m != nil {
		name, c = strings.ToLower(m[1]), m[2:]
	} else if m := clockDay.FindStringSubmatch(words); m != nil {
		name, c = strings.ToLower(m[5]), m[1:5]
	} else if m := atClock.FindStringSubmatch(words); m != nil {
		c = m[1:]
	} else {
		return at, false
	}
	if strings.HasPrefix(c[3], "-") {
		c[3] = "" // "14:00-16:00" is a range
	}
	ahead := 0
	switch name {
	case "", "today", "tonight":
	case "tomorrow":
		ahead = 1
	default:
		weekday := strings.Index("sun mon tue wed thu fri sat", name[:3]) / 4
		ahead = (weekday - int(local.Weekday()) + 7) % 7
	}
	if at, ok = timeOn(local.Year(), local.Month(), local.Day()+ahead, c); !ok {
		return at, false
	}
	if at.Before(now.Add(-longPast)) {
		switch {
		case name == "":
			at = at.AddDate(0, 0, 1)
		case ahead == 0 && name != "today" && name != "tonight":
			at = at.AddDate(0, 0, 7)
		}
	}
	return at, true
}

// timeOn returns the time on a day; c are the groups of clock.
func timeOn(year int, month time.Month, day int, c []string) (at time.Time, ok bool) {
	hour, minute, half, zone := atoi(c[0]), atoi(c[1]), strings.ToLower(c[2]), c[3]
	switch {
	case c[1] == "" && half == "", month < 1, month > 12, hour > 23, minute > 59, half != "" && (hour < 1 || hour > 12):
		return at, false
	case half != "":
		hour %= 12
		if half[0] == 'p' {
			hour += 12
		}
	}
	where, ok := zoneOf(zone)
	if !ok {
		return at, false
	}
	return time.Date(year, month, day, hour, minute, 0, 0, where), true
}

// zoneOf returns the location of a zone in clock: "UTC", "+02:00", "GMT+2"; time.Local for "". ok is false if the zone is
// unknown or ambiguous.
func zoneOf(zone string) (where *time.Location, ok bool) {
	if zone == "" {
		return time.Local, true
	}
	sign := strings.IndexAny(zone, "+-")
	name, offset := zone, ""
	if sign >= 0 {
		name, offset = zone[:sign], strings.ReplaceAll(zone[sign+1:], ":", "")
	}
	hours, known := zones[strings.ToUpper(name)]
	switch {
	case name == "AM" || name == "PM":
		return nil, false
	case name != "" && !known:
		return nil, false
	}
	seconds := hours * 3600
	if sign >= 0 {
		n := atoi(offset) * 3600
		if len(offset) > 2 {
			n = atoi(offset)/100*3600 + atoi(offset)%100*60
		}
		if zone[sign] == '-' {
			n = -n
		}
		seconds += n
	}
	if seconds < -12*3600 || seconds > 14*3600 { // not a zone: "14:00-16:00" is a range
		return time.Local, name == ""
	}
	return time.FixedZone(zone, seconds), true
}

// atoi returns the value of s, which consists of digits; 0 for "".
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
