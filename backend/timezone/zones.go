package timezone

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // not every machine has the database
)

//go:generate go run gen_windowszones.go windowsZones.json timezone.json windowsZones.xml

// oldZones maps names that programs use, but neither the IANA database nor CLDR's current table has, to IANA zones.
var oldZones = map[string]string{
	"mexico standard time": "America/Mexico_City", "mexico standard time 2": "America/Chihuahua", "kamchatka standard time": "Asia/Kamchatka",
	"mid-atlantic standard time": "Etc/GMT+2", "armenian standard time": "Asia/Yerevan", "coordinated universal time": "UTC", "utc": "UTC", "z": "UTC",
	"gmt": "UTC", "greenwich mean time": "UTC", "eastern time": "America/New_York", "central time": "America/Chicago",
	"mountain time": "America/Denver", "pacific time": "America/Los_Angeles", "alaska time": "America/Anchorage", "hawaii time": "Pacific/Honolulu",
	"central european time": "Europe/Paris", "western european time": "Europe/Lisbon", "eastern european time": "Europe/Helsinki",
	"mitteleuropäische zeit": "Europe/Berlin", "mitteleuropäische sommerzeit": "Europe/Berlin", "mitteleuropäische normalzeit": "Europe/Berlin",
	"heure d’europe centrale": "Europe/Paris", "heure d'europe centrale": "Europe/Paris",
	"greenwich mean time : dublin, edinburgh, lisbon, london": "Europe/London", "pacific time (us & canada); tijuana": "America/Los_Angeles",
}

// shortZones maps abbreviations that the IANA database does not have, and that mean one zone to most people, to IANA zones.
var shortZones = map[string]string{
	"ET": "America/New_York", "EDT": "America/New_York", "CT": "America/Chicago", "CDT": "America/Chicago", "MT": "America/Denver", "MDT": "America/Denver",
	"PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "CEST": "Europe/Paris", "MESZ": "Europe/Berlin",
	"MEZ": "Europe/Berlin", "EEST": "Europe/Helsinki", "WEST": "Europe/Lisbon", "BST": "Europe/London", "MSK": "Europe/Moscow", "JST": "Asia/Tokyo",
	"SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "AWST": "Australia/Perth", "NZST": "Pacific/Auckland",
	"NZDT": "Pacific/Auckland", "SAST": "Africa/Johannesburg", "BRT": "America/Sao_Paulo",
}

// zoneIndex finds IANA zones by other names. Its keys are folded.
type zoneIndex struct {
	names  map[string]string // by whole names: those of IANA, those of Windows, and those that Windows displays
	cities map[string]string // by the last part of IANA's names
}

var zoneIndexed = sync.OnceValue(func() zoneIndex {
	x := zoneIndex{names: map[string]string{}, cities: map[string]string{}}
	for name, zone := range shownZones {
		x.names[foldZone(name)] = zone
	}
	for name, zone := range oldZones {
		x.names[foldZone(name)] = zone
	}
	for name, zone := range windowsZones {
		x.names[foldZone(name)] = zone
	}
	for name := range strings.FieldsSeq(ianaNames) {
		if strings.Contains(name, "/") {
			x.cities[foldZone(path.Base(name))] = name
		}
		x.names[foldZone(name)] = name
	}
	return x
})

// foldZone returns the same spelling for all ways in which a zone's name is written: europe/london, US-Eastern, America/New York.
func foldZone(name string) string {
	var b strings.Builder
	name = strings.ToLower(name)
	for i, r := range name {
		sign := r == '-' && i+1 < len(name) && name[i+1] >= '0' && name[i+1] <= '9' // UTC-11 is not UTC 11
		if (r == '/' || r == '_' || r == '-' || r == ' ' || r == '\t') && !sign {
			if s := b.String(); s != "" && !strings.HasSuffix(s, " ") {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteRune(r)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// maxZoneName bounds the name of a zone, in bytes. maxZoneParts bounds the path elements at the end of a longer path that may be the
// name: America/Argentina/Buenos_Aires has three.
const maxZoneName, maxZoneParts = 200, 4

// Lookup returns the zone with the name, or with what is probably meant by the name: an abbreviation, a city, an offset. The error
// wraps ErrUnknown.
func Lookup(name string) (*time.Location, error) {
	if z := LookupCertain(name); z != nil {
		return z, nil
	}
	if z := likelyZone(name); z != nil {
		return z, nil
	}
	if ambiguousSign.MatchString(Trim(name)) {
		return nil, fmt.Errorf("%w; its sign is ambiguous; write UTC+02:00 or Etc/GMT-2", ErrUnknown)
	}
	return nil, ErrUnknown
}

// ambiguousSign matches names that are in no database, and whose sign may follow ISO 8601 or POSIX.
var ambiguousSign = regexp.MustCompile(`(?i)^Etc/UTC?[+-]\d`)

// Trim removes quotes, backslashes and Microsoft's prefix from the name of a zone.
func Trim(name string) string {
	name = strings.Trim(strings.TrimSpace(strings.ReplaceAll(name, `\`, "")), "\"'“”")
	if rest, ok := cutPrefixFold(name, "tzone://microsoft/"); ok {
		name = rest
	}
	return strings.TrimSpace(name)
}

// cutPrefixFold is strings.CutPrefix, ignoring case.
func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// LookupCertain returns the zone of an unambiguous name: one of the IANA database with its area, perhaps after a path that a
// program puts before it, or one of Windows, by its identifier or its displayed name. It returns nil for other names.
func LookupCertain(name string) *time.Location {
	if name = Trim(name); name == "" || len(name) > maxZoneName {
		return nil
	}
	x := zoneIndexed()
	for n, whole := name, true; ; whole = false {
		if !whole && strings.Count(n, "/") >= maxZoneParts {
			_, n, _ = strings.Cut(n, "/")
			continue
		}
		if found, ok := x.names[foldZone(n)]; ok && (strings.Contains(found, "/") || found == "UTC") {
			return load(found)
		}
		_, rest, ok := strings.Cut(n, "/")
		if !ok || !strings.Contains(rest, "/") {
			break
		}
		n = rest
	}
	for _, n := range []string{numbered.ReplaceAllString(name, ""), daylight.ReplaceAllString(name, "Standard Time"), shownOffset.ReplaceAllString(name, ""), remark.ReplaceAllString(name, "")} {
		if found, ok := x.names[foldZone(n)]; ok && n != name && n != "" {
			return load(found)
		}
	}
	return nil
}

var (
	// numbered matches the number that Outlook appends to a name that is already used.
	numbered = regexp.MustCompile(` \d+$`)
	// remark matches a remark in brackets after a name: "Europe/London (BST)", "W. Europe Standard Time (1)".
	remark   = regexp.MustCompile(`\s*\([^()]*\)$`)
	daylight = regexp.MustCompile(`(?i)(?:Daylight|Summer) Time$`)
	// shownOffset matches the offset that Windows displays before a name: (UTC+01:00), (GMT+01.00).
	shownOffset = regexp.MustCompile(`(?i)^\(?(?:UTC|GMT)[^)A-Za-z]*\)\s*`)
	// written matches an offset from UTC, whose sign is that of ISO 8601.
	written = regexp.MustCompile(`(?i)^\(?(?:UTC|GMT|Z)?\s*([+\-−–])\s*(\d{1,2})(?:[:.]?([0-5]\d))?(?::?00)?\)?(?:$|\s)`)
)

// likelyZone returns the zone of a name that is less certain: an abbreviation, a city, an offset; nil for other names.
func likelyZone(name string) *time.Location {
	if name = Trim(name); name == "" || len(name) > maxZoneName || name == "Local" {
		return nil
	}
	x := zoneIndexed()
	if found, ok := x.names[foldZone(name)]; ok {
		return load(found)
	}
	if found, ok := shortZones[strings.ToUpper(name)]; ok {
		return load(found)
	}
	var offset *time.Location
	if m := written.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if m[1] != "+" {
			seconds = -seconds
		}
		if hours <= 14 {
			offset = time.FixedZone(m[0], seconds)
		}
	}
	cities := shownOffset.ReplaceAllString(name, "")
	for city := range strings.FieldsFuncSeq(cities, func(r rune) bool { return r == ',' || r == ';' || r == '/' }) {
		if found, ok := x.cities[foldZone(city)]; ok && !strings.ContainsAny(city, "0123456789+") {
			if z := load(found); z != nil && (offset == nil || hasOffset(z, offset)) {
				return z
			}
		}
	}
	return offset
}

// hasOffset reports whether z has the same offset from UTC as offset, in winter or in summer.
func hasOffset(z, offset *time.Location) bool {
	for _, month := range []time.Month{time.January, time.July} {
		_, is := time.Date(2025, month, 1, 0, 0, 0, 0, z).Zone()
		_, want := time.Date(2025, month, 1, 0, 0, 0, 0, offset).Zone()
		if is == want {
			return true
		}
	}
	return false
}

// loaded caches the zones read from the database: a calendar can name one in thousands of ways.
var loaded sync.Map

// load returns the zone with an IANA name; nil if the database does not have it.
func load(name string) *time.Location {
	if z, ok := loaded.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	loaded.Store(name, z)
	return z
}

// ErrUnknown is returned for a name that is not known as a time zone. Its text completes a sentence that begins with the name.
var ErrUnknown = errors.New("is not known")
