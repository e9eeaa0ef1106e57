package token

import (
	"strconv"
	"strings"
	"time"
)

// A number outside these bounds is not a time.
const (
	earliest = 978307200  // 2001-01-01T00:00:00Z
	latest   = 4102444800 // 2100-01-01T00:00:00Z
)

func plausible(n int64) bool { return n >= earliest && n < latest }

// utc8 is the time zone of Alibaba's and Tencent's stamps.
var utc8 = time.FixedZone("UTC+8", 8*60*60)

// unix reads a plausible time in seconds, milliseconds or microseconds; 0 is "no such time".
func unix[T string | []byte](s T) int64 {
	if len(s) < 9 || len(s) > 16 {
		return 0
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = n*10 + int64(s[i]-'0')
	}
	switch {
	case n >= earliest*1000_000:
		n /= 1000_000
	case n >= earliest*1000:
		n /= 1000
	}
	if !plausible(n) {
		return 0
	}
	return n
}

// hexUnix reads a plausible time in seconds, in hexadecimal: eight digits, 0x before them or not; 0 is "no such time".
func hexUnix(s string) int64 {
	if len(s) == 10 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = s[2:]
	}
	if len(s) != 8 {
		return 0
	}
	var n int64
	for i := range len(s) {
		d := hexDigit(s[i])
		if d < 0 {
			return 0
		}
		n = n<<4 | int64(d)
	}
	if !plausible(n) {
		return 0
	}
	return n
}

// eitherUnix reads a time in decimal or hexadecimal.
func eitherUnix(s string) int64 {
	if n := hexUnix(s); n != 0 {
		return n
	}
	return unix(s)
}

// instant reads a time in any of the forms that vendors write: a Unix time (a fraction is cut off), eight hexadecimal
// digits with a letter among them (otherwise they are a date), RFC 3339 with or without its zone, YYYYMMDDHHMMSS (UTC), an
// HTTP date, and Nimble's American date. 0 is "no such time".
func instant(s string) int64 {
	s = strings.Trim(s, " \"'+") // '+' is an encoded space
	if len(s) < 8 || len(s) > 40 {
		return 0
	}
	if n := unix(s); n != 0 {
		// Fourteen digits may be a date as well; as milliseconds they lie beyond the year 2286.
		return n
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	switch {
	case digits == 1 && len(s) == 10:
		return hexUnix(s)
	case len(s) == 8 && digits < 8:
		return hexUnix(s)
	case digits == len(s) && digits != 14:
		return longUnix(s)
	case digits == 10 && s[10] == '.':
		return unix(s[:10])
	case digits == 0 && len(s) == len(httpDate) && s[3] == ',':
		return moment(strings.ReplaceAll(s, "+", " "), httpDate)
	case digits == 0 || digits > 14:
		return 0
	}
	if strings.IndexByte(s, '/') > 0 {
		return moment(s, "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05")
	}
	if digits == 4 && len(s) >= 19 && s[10] == '+' {
		s = s[:10] + " " + s[11:]
	}
	if i := strings.IndexByte(s, ' '); i >= 0 && len(s) > 19 && s[19] == ' ' {
		s = s[:19] + "+" + s[20:] // a zone's '+' that became a space
	}
	switch digits {
	case 14:
		return moment(s, "20060102150405")
	case 8:
		if n := basicTime(s); n != 0 {
			return n
		}
		return moment(s, "20060102T150405Z", "20060102T150405Z0700", "20060102T150405")
	case 4:
		return moment(s, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02")
	}
	return 0
}

// longUnix reads a time in nanoseconds, or in .NET's ticks: tenths of a microsecond since the year 1.
func longUnix(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return 0
	case len(s) == 19:
		n /= 1e9
	case len(s) == 18:
		n = n/1e7 - ticksTo1970
	}
	if !plausible(n) {
		return 0
	}
	return n
}

// ticksTo1970 is the number of seconds from the year 1 to 1970.
const ticksTo1970 = 62135596800

// basicTime reads 20060102T150405Z, as Amazon and others write it; 0 is "no such time".
func basicTime(s string) int64 {
	if len(s) != 16 || s[8] != 'T' || s[15] != 'Z' {
		return 0
	}
	two := func(i int) int {
		if kinds[s[i]]&kinds[s[i+1]]&isDigit == 0 {
			return 99
		}
		return int(s[i]-'0')*10 + int(s[i+1]-'0')
	}
	month, day, hour, minute, second := two(4), two(6), two(9), two(11), two(13)
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return 0
	}
	t := time.Date(two(0)*100+two(2), time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day || !plausible(t.Unix()) {
		return 0
	}
	return t.Unix()
}

// httpDate is the form of RFC 9110 section 5.6.7.
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// moment reads a time by the first layout that fits; UTC if it names no zone.
func moment(s string, layouts ...string) int64 {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && plausible(t.Unix()) {
			return t.Unix()
		}
	}
	return 0
}

// minuteStamp reads YYYYMMDDHHMM in UTC+8; 0 is "no such time".
func minuteStamp(s string) int64 {
	if len(s) != 12 || s[0] != '2' {
		return 0
	}
	t, err := time.ParseInLocation("200601021504", s, utc8)
	if err != nil || !plausible(t.Unix()) {
		return 0
	}
	return t.Unix()
}

// maxLife bounds a lifetime in seconds: S3 allows seven days, and some imitators allow more.
const maxLife = 366 * 24 * 60 * 60

// seconds reads a number of seconds that can be a token's lifetime, or of another unit whose letter follows it (60m, 12h); 0
// is "no such number".
func seconds(s string) int64 {
	unit := int64(1)
	if n := len(s) - 1; n > 0 {
		switch s[n] | 0x20 {
		case 's':
			s = s[:n]
		case 'm':
			s, unit = s[:n], 60
		case 'h':
			s, unit = s[:n], 60*60
		case 'd':
			s, unit = s[:n], 24*60*60
		}
	}
	if s == "" || len(s) > 8 {
		return 0
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = n*10 + int64(s[i]-'0')
	}
	return min(n*unit, maxLife)
}
