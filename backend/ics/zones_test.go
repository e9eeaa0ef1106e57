package ics

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inZone returns a calendar with one race whose start is start, after head.
func inZone(head, start string) string {
	return vcalendar(head, vevent("UID:1", start, "SUMMARY:GP of Northmoor - Race"))
}

func TestZonesAreFoundByTheNamesThatProgramsUse(t *testing.T) {
	for start, want := range map[string]string{
		"DTSTART;TZID=W. Europe Standard Time;VALUE=DATE-TIME:20300524T150000":                                "13:00",
		`DTSTART;TZID="GMT Standard Time":20300524T140000`:                                                    "13:00",
		"DTSTART;TZID=Eastern Standard Time 1:20300524T090000":                                                "13:00",
		"DTSTART;TZID=Eastern Daylight Time:20300524T090000":                                                  "13:00",
		"DTSTART;TZID=(UTC) Coordinated Universal Time:20300524T130000":                                       "13:00",
		"DTSTART;TZID=Central Europe Standard Time:20300524T150000":                                           "13:00",
		"DTSTART;TZID=Romance Standard Time:20300524T150000":                                                  "13:00",
		"DTSTART;TZID=Tokyo Standard Time:20300524T220000":                                                    "13:00",
		"DTSTART;TZID=tokyo standard time:20300524T220000":                                                    "13:00",
		"DTSTART;TZID=Z:20300524T130000":                                                                      "13:00",
		"DTSTART;TZID=UTC:20300524T130000":                                                                    "13:00",
		"DTSTART;TZID=europe/london:20300524T140000":                                                          "13:00",
		"DTSTART;TZID=EUROPE/LONDON:20300524T140000":                                                          "13:00",
		"DTSTART;TZID=US-Eastern:20300524T090000":                                                             "13:00",
		"DTSTART;TZID=US/Eastern:20300524T090000":                                                             "13:00",
		"DTSTART;TZID=America/New York:20300524T090000":                                                       "13:00",
		"DTSTART;TZID=America-New_York:20300524T090000":                                                       "13:00",
		"DTSTART;TZID=tzone://Microsoft/Utc:20300524T130000":                                                  "13:00",
		"DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna:20300524T150000":           "13:00",
		`DTSTART;TZID="(GMT+01:00) Amsterdam\, Berlin\, Bern\, Rome\, Stockholm\, Vienna":20300524T150000`:    "13:00",
		"DTSTART;TZID=(GMT+01.00) Sarajevo/Warsaw/Zagreb:20300524T150000":                                     "13:00",
		"DTSTART;TZID=(UTC-05:00) Eastern Time (US & Canada):20300524T090000":                                 "13:00",
		"DTSTART;TZID=(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London:20300524T140000":          "13:00",
		"DTSTART;TZID=(GMT+01:00) Paris:20300524T150000":                                                      "13:00",
		"DTSTART;TZID=UTC+02:00:20300524T150000":                                                              "13:00",
		"DTSTART;TZID=GMT+0200:20300524T150000":                                                               "13:00",
		"DTSTART;TZID=GMT+01:00:20300524T140000":                                                              "13:00",
		"DTSTART;TZID=UTC+2:20300524T150000":                                                                  "13:00",
		"DTSTART;TZID=+0200:20300524T150000":                                                                  "13:00",
		"DTSTART;TZID=UTC-05:00:20300524T080000":                                                              "13:00",
		"DTSTART;TZID=UTC+05:30:20300524T183000":                                                              "13:00",
		"DTSTART;TZID=UTC-11:20300524T020000":                                                                 "13:00",
		"DTSTART;TZID=Etc/GMT-2:20300524T150000":                                                              "13:00",
		"DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20300524T150000":                                  "13:00",
		"DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires:20300524T100000": "13:00",
		"DTSTART;TZID='Europe/Berlin':20300524T150000":                                                        "13:00",
		"DTSTART;TZID=London:20300524T140000":                                                                 "13:00",
		"DTSTART;TZID=CEST:20300524T150000":                                                                   "13:00",
		"DTSTART;TZID=EDT:20300524T090000":                                                                    "13:00",
		"DTSTART;TZID=Mexico Standard Time:20300524T070000":                                                   "13:00",
		"DTSTART;TZID=Nowhere/Atall:20300524T130000Z":                                                         "13:00",
		"DTSTART;tzid=Europe/Berlin:20300524T150000":                                                          "13:00",
		"DTSTART;TZID=\"Europe/Berlin:20300524T150000":                                                        "13:00",
		"DTSTART;TZID=Europe/Berlin;X-OTHER=(UTC+01:00) Amsterdam, Berlin:20300524T150000":                    "13:00",
		"DTSTART;TZID=Europe/London (BST):20300524T140000":                                                    "13:00",
		"DTSTART;TZID=W. Europe Standard Time (1):20300524T150000":                                            "13:00",
		"DTSTART;TZID=Mitteleuropäische Zeit:20300524T150000":                                                 "13:00",
		"DTSTART;TZID=Pacific Standard Time (Mexico):20300524T060000":                                         "13:00",
		"DTSTART;TZID=Europe/Ber\r\n lin:20300524T150000":                                                     "13:00",
		"DTSTART;TZID=Europe/\r\nBerlin:20300524T150000":                                                      "13:00",
	} {
		got, err := readLines(t, inZone("", start))
		require.NoError(t, err, start)
		assert.Equal(t, []string{"GP of Northmoor | race | Race | 2030-05-24 " + want + " 2h0m0s"}, got, start)
	}
	for name, says := range map[string]string{
		"Etc/UTC-2": "its sign is ambiguous; write UTC+02:00 or Etc/GMT-2", "Customized Time Zone": "is not known", "UTC+25": "is not known",
		"tzone://Microsoft/Custom": "is not known", "Local": "is not known", "../../etc/passwd": "is not known",
	} {
		got, err := readLines(t, inZone("", "DTSTART;TZID="+name+":20300524T150000"))
		assert.ErrorContains(t, err, says)
		assert.Empty(t, got)
	}
}

const amsterdam = "BEGIN:VTIMEZONE\r\nTZID:Europe/Amsterdam\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

func TestATimeWithoutAZoneUsesTheCalendarsZone(t *testing.T) {
	floating := vevent("UID:1", "DTSTART:20300524T150000", "DTEND:20300524T170000", "SUMMARY:GP of Northmoor - Race")
	own := strings.NewReplacer("Europe/Amsterdam", "Track Time", "19701025", "20300101").Replace(amsterdam)
	for name, body := range map[string]string{
		"X-WR-TIMEZONE":                       vcalendar("X-WR-TIMEZONE:Europe/Amsterdam\r\n", floating),
		"X-WR-TIMEZONE of Windows":            vcalendar("X-WR-TIMEZONE:W. Europe Standard Time\r\n", floating),
		"X-WR-TIMEZONE as a text":             vcalendar("X-WR-TIMEZONE;VALUE=TEXT:Europe/Amsterdam\r\n", floating),
		"X-WR-TIMEZONE after the entries":     vcalendar(floating, "X-WR-TIMEZONE:Europe/Amsterdam\r\n"),
		"TIMEZONE-ID":                         vcalendar("TIMEZONE-ID:Europe/Amsterdam\r\n", floating),
		"TZID":                                vcalendar("TZID:Europe/Amsterdam\r\n", floating),
		"TIMEZONE":                            vcalendar("TIMEZONE:Europe/Amsterdam\r\n", floating),
		"X-TIMEZONE":                          vcalendar("x-timezone:Europe/Amsterdam\r\n", floating),
		"X-LIC-LOCATION":                      vcalendar("X-LIC-LOCATION:Europe/Amsterdam\r\n", floating),
		"the only zone beside UTC":            vcalendar(strings.ReplaceAll(strings.ReplaceAll(amsterdam, "Europe/Amsterdam", "Etc/UTC"), "+0100", "+0000"), amsterdam, floating),
		"X-WR-TIMEZONE before TIMEZONE-ID":    vcalendar("TIMEZONE-ID:Asia/Tokyo\r\nX-WR-TIMEZONE:Europe/Amsterdam\r\n", floating),
		"the only zone":                       vcalendar(amsterdam, floating),
		"the only zone, after the entries":    vcalendar(floating, amsterdam),
		"the only zone, after the calendar":   vcalendar(floating) + amsterdam,
		"the only zone, twice":                vcalendar(amsterdam, amsterdam, floating),
		"a zone that only the calendar knows": vcalendar(strings.Replace(own, "+0100", "+0200", 1), floating),
		"that of the first calendar":          vcalendar("X-WR-TIMEZONE:Europe/Amsterdam\r\n") + vcalendar(floating),
		"each calendar its own":               vcalendar("X-WR-TIMEZONE:Asia/Tokyo\r\n") + vcalendar("X-WR-TIMEZONE:Europe/Amsterdam\r\n", floating),
		"its own zone before that of others":  vcalendar("X-WR-TIMEZONE:Asia/Tokyo\r\n") + vcalendar(amsterdam, floating),
		"an unknown name and a known one":     vcalendar("X-WR-TIMEZONE:Customized Time Zone\r\n", amsterdam, floating),
	} {
		got, err := readLines(t, body)
		assert.NoError(t, err, name)
		assert.Equal(t, []string{raceLine}, got, name)
	}
	asUTC := []string{"GP of Northmoor | race | Race | 2030-05-24 15:00 2h0m0s"}
	for says, head := range map[string]string{
		"times without a time zone are read as UTC: the calendar names none":                                                     "",
		`times without a time zone are read as UTC: not the calendar that was expected: the time zone "Track Time" is not known`: "X-WR-TIMEZONE:Track Time\r\n",
		"times without a time zone are read as UTC: the calendar names none ":                                                    amsterdam + strings.ReplaceAll(amsterdam, "Amsterdam", "Lisbon"),
	} {
		got, err := readLines(t, vcalendar(head, floating, strings.ReplaceAll(floating, "UID:1", "UID:2")))
		assert.EqualError(t, err, strings.TrimSpace(says), "it is reported once")
		assert.Equal(t, asUTC, got)
	}
	_, err := readLines(t, vcalendar(raceEntry))
	assert.NoError(t, err, "no remark if no time needs a zone")
}

func TestAZoneWithAnIncompleteDescriptionIsReadByItsName(t *testing.T) {
	gaps := map[string]string{
		"no summer time":          "BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n",
		"ended long ago":          "BEGIN:DAYLIGHT\r\nDTSTART:19970330T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20100328T010000Z\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nDTSTART:19971026T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20101031T010000Z\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n",
		"no standard time":        "BEGIN:DAYLIGHT\r\nDTSTART:19970330T020000\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n",
		"no offsets":              "BEGIN:STANDARD\r\nDTSTART:19971026T030000\r\nEND:STANDARD\r\n",
		"nothing":                 "",
		"one that nothing closes": "BEGIN:STANDARD\r\nDTSTART:19971026T030000\r\nTZOFFSETTO:+0100\r\n",
	}
	for name, rules := range gaps {
		for _, zone := range []string{"Europe/Berlin", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"} {
			head := "BEGIN:VTIMEZONE\r\nTZID:" + zone + "\r\n" + rules + "END:VTIMEZONE\r\n"
			got, err := readLines(t, inZone(head, `DTSTART;TZID="`+zone+`":20300524T150000`))
			assert.NoError(t, err, name)
			assert.Equal(t, []string{raceLine}, got, name)
		}
	}
	// For a zone without another name the calendar's own rules are used, as far as they go.
	for name, tc := range map[string]struct{ rules, want string }{
		"no offset before":  {"BEGIN:STANDARD\r\nDTSTART:20300101T000000\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n", "13:00"},
		"no start":          {"BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n", "13:00"},
		"colons in offsets": {"BEGIN:STANDARD\r\nDTSTART:20300101T000000Z\r\nTZOFFSETTO:+02:00\r\nEND:STANDARD\r\n", "13:00"},
		"a location":        {"X-LIC-LOCATION:Europe/Berlin\r\n" + gaps["no summer time"], "13:00"},
	} {
		head := "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n" + tc.rules + "END:VTIMEZONE\r\n"
		got, err := readLines(t, inZone(head, "DTSTART;TZID=Customized Time Zone:20300524T150000"))
		assert.NoError(t, err, name)
		assert.Equal(t, []string{strings.Replace(raceLine, "13:00", tc.want, 1)}, got, name)
	}
	// Outlook calls the zones of different calendars by one name.
	custom := func(offset string) string {
		return "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nTZOFFSETTO:" + offset + "\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	}
	at := func(uid, day string) string {
		return vevent("UID:"+uid, "DTSTART;TZID=Customized Time Zone:"+day+"T150000", "SUMMARY:GP of Northmoor - Race "+uid)
	}
	got, err := readLines(t, vcalendar(custom("+0200"), at("1", "20300524"))+vcalendar(custom("-0400"), at("2", "20300525")))
	assert.NoError(t, err)
	assert.Equal(t, []string{"GP of Northmoor | race | Race 1 | 2030-05-24 13:00 2h0m0s", "GP of Northmoor | race | Race 2 | 2030-05-25 19:00 2h0m0s"}, got)
}
