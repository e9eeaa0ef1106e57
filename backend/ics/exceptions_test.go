package ics

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// starts reads a calendar of one weekly race and lists when it takes place, with its length where that is not two hours.
func starts(t *testing.T, parts ...string) (out []string, err error) {
	t.Helper()
	all, err := readLines(t, vcalendar(parts...))
	for _, line := range all {
		_, at, _ := strings.Cut(line, " | race | Race | 2030-")
		out = append(out, strings.TrimSuffix(at, " 2h0m0s"))
	}
	return out, err
}

func TestAnExceptionReplacesTheOccurrenceThatItsAuthorMeant(t *testing.T) {
	weekly := func(start string, more ...string) string {
		return vevent(append([]string{"UID:1", start, "RRULE:FREQ=WEEKLY;COUNT=6", "SUMMARY:Moor - Race"}, more...)...)
	}
	instead := func(id string, lines ...string) string {
		return vevent(append([]string{"UID:1", id, "SUMMARY:Moor - Race"}, lines...)...)
	}
	const utc, berlin, day = "DTSTART:20300601T180000Z", "DTSTART;TZID=Europe/Berlin:20300601T200000", "DTSTART;VALUE=DATE:20300601"
	all := []string{"06-01 18:00", "06-08 18:00", "06-15 18:00", "06-22 18:00", "06-29 18:00", "07-06 18:00"}
	days := []string{"06-01", "06-08", "06-15", "06-22", "06-29", "07-06"}
	but := func(list []string, i int, is ...string) []string {
		return append(append(append([]string{}, list[:i]...), is...), list[i+1:]...)
	}
	moved := but(all, 1, "06-08 19:00")
	for name, tc := range map[string]struct {
		parts []string
		want  []string
	}{
		"nothing":                                  {[]string{weekly(utc)}, all},
		"in UTC":                                   {[]string{weekly(utc), instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z")}, moved},
		"before the series":                        {[]string{instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z"), weekly(utc)}, moved},
		"a day for a time":                         {[]string{weekly(utc), instead("RECURRENCE-ID;VALUE=DATE:20300608", "DTSTART:20300608T190000Z")}, moved},
		"a day without saying so":                  {[]string{weekly(utc), instead("RECURRENCE-ID:20300608", "DTSTART:20300608T190000Z")}, moved},
		"midnight for a time":                      {[]string{weekly(utc), instead("RECURRENCE-ID:20300608T000000", "DTSTART:20300608T190000Z")}, moved},
		"another zone":                             {[]string{weekly(utc), instead("RECURRENCE-ID;TZID=America/New_York:20300608T140000", "DTSTART:20300608T190000Z")}, moved},
		"UTC for a zone":                           {[]string{weekly(berlin), instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z")}, moved},
		"no zone for a zone":                       {[]string{weekly(berlin), instead("RECURRENCE-ID:20300608T200000", "DTSTART:20300608T190000Z")}, moved},
		"the clock of the zone, said to be UTC":    {[]string{weekly(berlin), instead("RECURRENCE-ID:20300608T200000Z", "DTSTART:20300608T190000Z")}, moved},
		"no zone for UTC, in a calendar of a zone": {[]string{"X-WR-TIMEZONE:Asia/Tokyo\r\n", weekly(utc), instead("RECURRENCE-ID:20300608T180000", "DTSTART:20300608T190000Z")}, moved},
		"twice, the later one counts": {[]string{weekly(utc), instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z", "SEQUENCE:2"),
			instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T210000Z", "SEQUENCE:1")}, moved},
		"called off without a time": {[]string{weekly(utc), instead("RECURRENCE-ID:20300608T180000Z", "STATUS:CANCELLED")}, but(all, 1, "06-08 18:00 2h0m0s | cancelled")},
		"called off by a message":   {[]string{weekly(utc)}, all},
		"an exception of the day":   {[]string{weekly(utc, "EXDATE;VALUE=DATE:20300608")}, but(all, 1)},
		"an exception at midnight":  {[]string{weekly(berlin, "EXDATE;TZID=Europe/Berlin:20300608T000000")}, but(all, 1)},
		"an exception in UTC":       {[]string{weekly(berlin, "EXDATE:20300608T180000Z")}, but(all, 1)},
		"an exception without zone": {[]string{weekly(berlin, "EXDATE:20300608T200000")}, but(all, 1)},
		"an exception of the clock": {[]string{weekly(berlin, "EXDATE:20300608T200000Z")}, but(all, 1)},
		"a list of exceptions":      {[]string{weekly(utc, "EXDATE:20300608T180000Z,20300615T180000Z,", "EXDATE;VALUE=DATE:20300622")}, []string{all[0], all[4], all[5]}},
		"a rule of exceptions":      {[]string{weekly(utc, "EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3")}, []string{all[1], all[3], all[5]}},

		"days":                             {[]string{weekly(day)}, days},
		"a time for a day":                 {[]string{weekly(day), instead("RECURRENCE-ID:20300608T000000", "DTSTART;VALUE=DATE:20300609")}, but(days, 1, "06-09")},
		"a time for a day, in a zone":      {[]string{"X-WR-TIMEZONE:Europe/Berlin\r\n", weekly(day), instead("RECURRENCE-ID:20300608T000000", "DTSTART;VALUE=DATE:20300609")}, but(days, 1, "06-09")},
		"a time in a zone for a day":       {[]string{weekly(day), instead("RECURRENCE-ID;TZID=Europe/Berlin:20300608T000000", "DTSTART;VALUE=DATE:20300609")}, but(days, 1, "06-09")},
		"a day that gets a time":           {[]string{weekly(day), instead("RECURRENCE-ID;VALUE=DATE:20300608", "DTSTART:20300608T190000Z")}, but(days, 1, "06-08 19:00")},
		"an exception of a day with time":  {[]string{weekly(day, "EXDATE:20300608T000000Z")}, but(days, 1)},
		"a further day":                    {[]string{weekly(day, "RDATE:20300610T120000Z")}, []string{"06-01", "06-08", "06-10", "06-15", "06-22", "06-29", "07-06"}},
		"a further day of a timed series":  {[]string{weekly(utc, "RDATE;VALUE=DATE:20300610")}, []string{all[0], all[1], "06-10 18:00", all[2], all[3], all[4], all[5]}},
		"a period":                         {[]string{weekly(utc, "RDATE;VALUE=PERIOD:20300610T100000Z/PT3H,20300611T100000Z/20300611T140000Z")}, []string{all[0], all[1], "06-10 10:00 3h0m0s", "06-11 10:00 4h0m0s", all[2], all[3], all[4], all[5]}},
		"this and all that follow":         {[]string{weekly(utc), instead("RECURRENCE-ID;RANGE=THISANDFUTURE:20300615T180000Z", "DTSTART:20300615T200000Z")}, []string{all[0], all[1], "06-15 20:00", "06-22 20:00", "06-29 20:00", "07-06 20:00"}},
		"this and all that follow, by day": {[]string{weekly(utc), instead("RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20300615", "DTSTART:20300616T200000Z")}, []string{all[0], all[1], "06-16 20:00", "06-23 20:00", "06-30 20:00", "07-07 20:00"}},
		"this and all that follow, in a zone over the change of clocks": {[]string{
			vevent("UID:1", "DTSTART;TZID=Europe/Berlin:20301012T200000", "RRULE:FREQ=WEEKLY;COUNT=4", "SUMMARY:Moor - Race"),
			instead("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20301019T200000", "DTSTART;TZID=Europe/Berlin:20301019T210000", "DURATION:PT1H"),
		}, []string{"10-12 18:00", "10-19 19:00 1h0m0s", "10-26 19:00 1h0m0s", "11-02 20:00 1h0m0s"}},
		"twice": {[]string{weekly(utc), instead("RECURRENCE-ID;RANGE=THISANDFUTURE:20300629T180000Z", "DTSTART:20300629T210000Z"),
			instead("RECURRENCE-ID;RANGE=THISANDFUTURE:20300615T180000Z", "DTSTART:20300615T200000Z")}, []string{all[0], all[1], "06-15 20:00", "06-22 20:00", "06-29 21:00", "07-06 21:00"}},
		"and one of those by itself": {[]string{weekly(utc), instead("RECURRENCE-ID:20300622T180000Z", "DTSTART:20300622T120000Z"),
			instead("RECURRENCE-ID;RANGE=THISANDFUTURE:20300615T180000Z", "DTSTART:20300615T200000Z")}, []string{all[0], all[1], "06-15 20:00", "06-22 12:00", "06-29 20:00", "07-06 20:00"}},
		"all that follow are called off":  {[]string{weekly(utc), instead("RECURRENCE-ID;RANGE=THISANDFUTURE:20300629T180000Z", "STATUS:CANCELLED")}, []string{all[0], all[1], all[2], all[3], all[4] + " 2h0m0s | cancelled", all[5] + " 2h0m0s | cancelled"}},
		"no name of its own":              {[]string{weekly(utc), vevent("UID:1", "RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z")}, moved},
		"without its series":              {[]string{instead("RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z")}, []string{"06-08 19:00"}},
		"of an entry that does not recur": {[]string{vevent("UID:1", utc, "SUMMARY:Moor - Race"), instead("RECURRENCE-ID:20300601T180000Z", "DTSTART:20300601T190000Z")}, []string{"06-01 19:00"}},

		"until a day":               {[]string{vevent("UID:1", utc, "RRULE:FREQ=WEEKLY;UNTIL=20300615", "SUMMARY:Moor - Race")}, all[:3]},
		"until a time without zone": {[]string{vevent("UID:1", berlin, "RRULE:FREQ=WEEKLY;UNTIL=20300615T200000", "SUMMARY:Moor - Race")}, all[:3]},
		"until an instant":          {[]string{vevent("UID:1", berlin, "RRULE:FREQ=WEEKLY;UNTIL=20300615T180000Z", "SUMMARY:Moor - Race")}, all[:3]},
		"until an instant, of days": {[]string{vevent("UID:1", day, "RRULE:FREQ=WEEKLY;UNTIL=20300615T000000Z", "SUMMARY:Moor - Race")}, days[:3]},
		"until, as ISO 8601 has it": {[]string{vevent("UID:1", utc, "RRULE:FREQ=WEEKLY;UNTIL=2030-06-15T18:00:00Z", "SUMMARY:Moor - Race")}, all[:3]},
		"in lower case with blanks": {[]string{vevent("UID:1", utc, "RRULE: freq=weekly; count=3;", "SUMMARY:Moor - Race")}, all[:3]},
		"parts that change nothing": {[]string{vevent("UID:1", utc, "RRULE:RSCALE=GREGORIAN;FREQ=WEEKLY;COUNT=3;SKIP=OMIT;X-A=1", "SUMMARY:Moor - Race")}, all[:3]},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := starts(t, tc.parts...)
			assert.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestARuleThatBeginsYearsFromNowIsExpandedFromItsStart(t *testing.T) {
	events, err := parseICS([]byte(vcalendar(vevent("UID:1", "DTSTART:20300601T180000Z", "RRULE:FREQ=WEEKLY;COUNT=6", "RDATE:20310101T180000Z", "SUMMARY:Moor - Race"),
		vevent("UID:1", "RECURRENCE-ID;RANGE=THISANDFUTURE:20300615T180000Z", "DTSTART:20300615T200000Z", "SUMMARY:Moor - Race"))), "cup", saturday)
	assert.NoError(t, err)
	var got []string
	for _, e := range events {
		got = append(got, e.Sessions[0].Start.Format("06-01-02 15"))
	}
	assert.Equal(t, []string{"30-06-01 18", "30-06-08 18", "30-06-15 20", "30-06-22 20", "30-06-29 20", "30-07-06 20", "31-01-01 20"}, got)
}

func TestAnUnreadableRuleDoesNotLoseTheEntry(t *testing.T) {
	for _, rule := range []string{
		"FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=", "FREQ=WEEKLY;COUNT=-1", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;UNTIL=soon", "FREQ=WEEKLY;INTERVAL=0;COUNT=x",
		"BYDAY=MO", "", ";;;", "FREQ", "FREQ=FORTNIGHTLY", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYSETPOS=0",
	} {
		got, err := starts(t, vevent("UID:1", "DTSTART:20300601T180000Z", "RRULE:"+rule, "SUMMARY:Moor - Race"))
		assert.ErrorContains(t, err, "line 3: Moor - Race: ", rule)
		assert.Equal(t, []string{"06-01 18:00"}, got, rule)
	}
}

func TestTheNewestRevisionCountsInAnyOrder(t *testing.T) {
	at := func(hour string, lines ...string) string {
		return vevent(append([]string{"UID:1", "DTSTART:20300601T" + hour + "0000Z", "SUMMARY:Moor - Race"}, lines...)...)
	}
	for name, tc := range map[string][2]string{
		"SEQUENCE":                      {at("18", "SEQUENCE:3"), at("17", "SEQUENCE:2")},
		"SEQUENCE beats dates":          {at("18", "SEQUENCE:3", "LAST-MODIFIED:20290101T000000Z"), at("17", "SEQUENCE:2", "LAST-MODIFIED:20300101T000000Z")},
		"LAST-MODIFIED":                 {at("18", "LAST-MODIFIED:20300102T000000Z"), at("17", "LAST-MODIFIED:20300101T000000Z")},
		"DTSTAMP":                       {at("18", "DTSTAMP:20300102T000000Z"), at("17", "DTSTAMP:20300101T000000Z")},
		"a new name and SEQUENCE":       {at("18", "SEQUENCE:1"), strings.Replace(at("17"), "Moor", "Heath", 1)},
		"SEQUENCE that is not a number": {at("18", "SEQUENCE:2"), at("17", "SEQUENCE:x")},
	} {
		for _, parts := range [][]string{{tc[0], tc[1]}, {tc[1], tc[0]}} {
			got, err := starts(t, parts...)
			assert.NoError(t, err, name)
			assert.Equal(t, []string{"06-01 18:00"}, got, name)
		}
	}
}

func TestEntriesThatShareAUIDByMistakeAreAllShown(t *testing.T) {
	at := func(day string, lines ...string) string {
		return vevent(append([]string{"UID:1", "DTSTART:2030" + day + "T180000Z", "SUMMARY:Moor - Race"}, lines...)...)
	}
	got, err := starts(t, at("0601"), at("0615"), at("0629"))
	assert.NoError(t, err)
	assert.Equal(t, []string{"06-01 18:00", "06-15 18:00", "06-29 18:00"}, got)
	got, _ = starts(t, at("0601"), at("0602"))
	assert.Equal(t, []string{"06-02 18:00"}, got, "a day apart, the later one is a revision")
	got, _ = starts(t, at("0601", "DTSTAMP:20300102T000000Z"), at("0629", "DTSTAMP:20300101T000000Z"))
	assert.Equal(t, []string{"06-01 18:00"}, got, "likewise if it was written at another time")
}

func TestTimesAreReadInTheFormatsThatProgramsWrite(t *testing.T) {
	for start, want := range map[string]string{
		"20300601T240000Z": "06-02 00:00", "20300601T1800Z": "06-01 18:00", "20300601 180000": "06-01 18:00", "20300601T200000+0200": "06-01 18:00",
		"20300601T200000+02:00": "06-01 18:00", "2030-06-01 18:00": "06-01 18:00", "2030-06-01T24:00:00Z": "06-02 00:00", "2030-06-01": "06-01",
	} {
		got, err := starts(t, "X-WR-TIMEZONE:UTC\r\n", vevent("UID:1", "DTSTART:"+start, "SUMMARY:Moor - Race"))
		assert.NoError(t, err, start)
		assert.Equal(t, []string{want}, got, start)
	}
	for _, start := range []string{"20300601T250000Z", "20300601T240001Z", "20300632", "2030", "now", ""} {
		_, err := starts(t, vevent("UID:1", "DTSTART:"+start, "SUMMARY:Moor - Race"))
		assert.ErrorContains(t, err, "is not a time", start)
	}
}

func TestAnEndWithoutAZoneUsesTheZoneOfItsStart(t *testing.T) {
	for lines, want := range map[string]string{
		"DTSTART;TZID=Europe/Berlin:20300601T200000\r\nDTEND:20300601T213000":    "06-01 18:00 1h30m0s",
		"DTSTART;TZID=America/New_York:20300601T140000\r\nDTEND:20300601T153000": "06-01 18:00 1h30m0s",
		"DTSTART:20300601T180000Z\r\nDTEND:20300601T193000":                      "06-01 18:00 1h30m0s",
	} {
		for _, head := range []string{"", "X-WR-TIMEZONE:Asia/Tokyo\r\n"} {
			got, err := starts(t, head, vevent("UID:1", "SUMMARY:Moor - Race", lines))
			assert.NoError(t, err, lines)
			assert.Equal(t, []string{want}, got, lines)
		}
	}
}

func TestAnImpossibleLengthIsReplacedByTheUsualOne(t *testing.T) {
	for lines, want := range map[string]string{
		"DTEND:20300601T200000Z":                               "06-01 18:00",
		"DURATION:PT2H":                                        "06-01 18:00",
		"DURATION:-PT1H":                                       "06-01 18:00",
		"DTEND:20300601T170000Z":                               "06-01 18:00",
		"DTEND:20300601T180000Z":                               "06-01 18:00",
		"DTEND:19700101T000000Z":                               "06-01 18:00",
		"DTEND;VALUE=DATE:20300602":                            "06-01 18:00",
		"DTEND:later":                                          "06-01 18:00",
		"TRANSP:TRANSPARENT":                                   "06-01 18:00",
		"DTEND;TZID=Europe/Berlin:20300601T230000":             "06-01 18:00 3h0m0s",
		"DURATION:PT90M\r\nX-A:1":                              "06-01 18:00 1h30m0s",
		"DTEND:20300604T180000Z":                               "06-01",
		"DTEND:20300602T190000Z":                               "06-01 18:00 25h0m0s",
		"DURATION:P3D":                                         "06-01",
		"DURATION:P1000000000000D":                             "06-01 18:00",
		"DTEND;TZID=Nowhere:20300601T230000\r\nDURATION:PT90M": "06-01 18:00",
	} {
		got, err := starts(t, vevent("UID:1", "DTSTART:20300601T180000Z", "SUMMARY:Moor - Race", lines))
		assert.NoError(t, err, lines)
		assert.Equal(t, []string{want}, got, lines)
	}
}
