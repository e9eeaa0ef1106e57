package ics

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	ical "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readLines reads a calendar and lists its sessions, an event's name before each.
func readLines(t testing.TB, body string) (out []string, err error) {
	t.Helper()
	events, err := parseICS([]byte(body), "cup", may2030)
	for _, e := range events {
		for _, line := range testcal.Lines(e) {
			out = append(out, e.Name+" | "+line)
		}
	}
	return out, err
}

const (
	raceLine       = "GP of Northmoor | race | Race | 2030-05-24 13:00 2h0m0s"
	qualifyingLine = "GP of Northmoor | qualifying | Qualifying | 2030-05-23 14:00 1h0m0s"
)

var (
	raceEntry       = vevent("UID:1@x", "DTSTART:20300524T130000Z", "DTEND:20300524T150000Z", "SUMMARY:GP of Northmoor - Race")
	qualifyingEntry = vevent("UID:2@x", "DTSTART:20300523T140000Z", "DTEND:20300523T150000Z", "SUMMARY:GP of Northmoor - Qualifying")
)

func TestCalendarsOfEveryLayoutAreRead(t *testing.T) {
	both := []string{qualifyingLine, raceLine}
	whole := vcalendar(raceEntry, qualifyingEntry)
	for name, body := range map[string]string{
		"as it should be":                    whole,
		"properties between entries":         vcalendar("METHOD:PUBLISH\r\n", raceEntry, "METHOD:PUBLISH\r\nX-WR-TIMEZONE:Europe/London\r\nX-PUBLISHED-TTL:PT1H\r\n", qualifyingEntry, "X-END:1\r\n"),
		"several calendars":                  vcalendar(raceEntry) + vcalendar(qualifyingEntry),
		"text after the end":                 whole + "-- \r\nexported by a tool\r\n",
		"text between calendars":             vcalendar(raceEntry) + "and now the rest\r\n" + vcalendar(qualifyingEntry),
		"a zone after the end":               whole + "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\nEND:VTIMEZONE\r\n",
		"no end of the calendar":             strings.TrimSuffix(whole, "END:VCALENDAR\r\n"),
		"no end of an entry":                 strings.Replace(whole, "END:VEVENT\r\n", "", 1),
		"no ends at all":                     strings.NewReplacer("END:VEVENT\r\n", "", "END:VCALENDAR\r\n", "").Replace(whole),
		"no end and no line break":           strings.TrimSuffix(strings.TrimSuffix(whole, "END:VEVENT\r\nEND:VCALENDAR\r\n"), "\r\n"),
		"no calendar around":                 raceEntry + qualifyingEntry,
		"no head":                            strings.TrimPrefix(whole, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
		"line feeds":                         strings.ReplaceAll(whole, "\r\n", "\n"),
		"carriage returns":                   strings.ReplaceAll(whole, "\r\n", "\r"),
		"both twice":                         strings.ReplaceAll(whole, "\r\n", "\r\r\n"),
		"blank lines":                        strings.ReplaceAll(whole, "\r\n", "\r\n\r\n"),
		"blank lines of blanks":              strings.ReplaceAll(whole, "\r\n", "\r\n   \r\n"),
		"indented":                           "    " + strings.ReplaceAll(strings.TrimSuffix(whole, "\r\n"), "\r\n", "\r\n    "),
		"a byte order mark":                  "\ufeff" + whole,
		"a page's head before it":            "<!DOCTYPE html><html><body>\r\n<pre>" + whole + "</pre></body></html>\r\n",
		"a warning before it":                "Warning: Undefined variable $x in export.php on line 7\r\n\r\n" + whole,
		"zeros":                              strings.ReplaceAll(whole, "SUMMARY", "\x00SUMMARY"),
		"controls":                           strings.ReplaceAll(whole, "GP of", "GP\x01 \x1bof"),
		"names in lower case":                strings.NewReplacer("BEGIN", "begin", "VEVENT", "vevent", "DTSTART", "dtstart", "SUMMARY", "Summary", "VCALENDAR", "vcalendar", "END", "end").Replace(whole),
		"blanks around colons":               strings.NewReplacer("BEGIN:", "BEGIN: ", "SUMMARY:", "SUMMARY : ", "DTSTART:", "DTSTART: ").Replace(whole),
		"alarms":                             strings.ReplaceAll(whole, "END:VEVENT", "BEGIN:VALARM\r\nUID:9\r\nTRIGGER:-PT15M\r\nDURATION:PT5M\r\nSUMMARY:Soon\r\nEND:VALARM\r\nEND:VEVENT"),
		"alarms first":                       strings.ReplaceAll(whole, "BEGIN:VEVENT\r\n", "BEGIN:VEVENT\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nSUMMARY:Soon\r\nEND:VALARM\r\n"),
		"nested alarms":                      strings.ReplaceAll(whole, "END:VEVENT", "BEGIN:VALARM\r\nBEGIN:VALARM\r\nDTSTART:20290101T000000Z\r\nEND:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT"),
		"an alarm that never ends":           strings.ReplaceAll(whole, "DTSTART", "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDTSTART"),
		"other components":                   vcalendar("BEGIN:VTODO\r\nSUMMARY:Buy tickets\r\nEND:VTODO\r\n", raceEntry, "BEGIN:VJOURNAL\r\nSUMMARY:x\r\nEND:VJOURNAL\r\n", qualifyingEntry),
		"a component that never ends":        vcalendar("BEGIN:VTODO\r\nSUMMARY:Buy tickets\r\n", raceEntry, "BEGIN:X-THING\r\n", qualifyingEntry),
		"a closing of nothing":               vcalendar("END:VEVENT\r\nEND:VALARM\r\n", raceEntry, "END:VTIMEZONE\r\n", qualifyingEntry),
		"a description in many lines":        strings.ReplaceAll(whole, "SUMMARY", "DESCRIPTION:Doors open at 9\r\nbring a coat\r\n\r\nSee you there: Northmoor\r\nSUMMARY"),
		"a description that is folded badly": strings.ReplaceAll(whole, "SUMMARY", "DESCRIPTION:"+strings.Repeat("long ", 20)+"\r\nand wide\r\nSUMMARY"),
		"folds":                              strings.NewReplacer("Northmoor", "North\r\n moor", "DTSTART:2030", "DTSTART:20\r\n\t30").Replace(whole),
		"folds with blank lines":             strings.ReplaceAll(whole, "Northmoor", "North\r\n\r\n moor"),
		"folds at blanks":                    strings.ReplaceAll(whole, "Northmoor - ", "Northmoor -\r\n "),
		"a title with a line break":          strings.ReplaceAll(whole, "Northmoor - ", "Northmoor -\r\n"),
		"an escaped line break":              strings.ReplaceAll(whole, "Northmoor - ", `Northmoor\n - `),
		"no UID":                             strings.NewReplacer("UID:1@x\r\n", "", "UID:2@x\r\n", "").Replace(whole),
		"one UID for all":                    strings.ReplaceAll(whole, "UID:2@x", "UID:1@x"),
		"parameters in quotes":               strings.NewReplacer("DTSTART:", `DTSTART;X-A="a:b;c":`, "SUMMARY:", `SUMMARY;LANGUAGE=en;X-B="1:2":`).Replace(whole),
		"a quote that never ends":            strings.NewReplacer("DTSTART:", `DTSTART;X-A="a:`, "SUMMARY:", `SUMMARY;LANGUAGE="en:`).Replace(whole),
		"a backslash at a parameter's end":   strings.ReplaceAll(whole, "DTSTART:", `DTSTART;X-A=a\:`),
		"empty parameters":                   strings.NewReplacer("DTSTART:", `DTSTART;;X=;:`, "SUMMARY:", "SUMMARY;:").Replace(whole),
		"quoted-printable":                   strings.ReplaceAll(whole, "SUMMARY:GP of Northmoor", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:GP of=\r\n =20North=6Door"),
		"a very long line":                   strings.ReplaceAll(whole, "SUMMARY", "ATTACH;ENCODING=BASE64:"+strings.Repeat("A", 300_000)+"\r\nSUMMARY"),
		"many parameters":                    strings.ReplaceAll(whole, "SUMMARY:", "SUMMARY"+strings.Repeat(";A=b", 5000)+":"),
		"times of ISO 8601":                  strings.NewReplacer("20300524T130000Z", "2030-05-24T13:00:00Z", "20300524T150000Z", "2030-05-24T15:00:00.000Z", "20300523T140000Z", "2030-05-23T16:00:00+02:00", "20300523T150000Z", "20300523T1500Z").Replace(whole),
		"times in lower case":                strings.NewReplacer("0000Z", "0000z").Replace(whole),
		"packed":                             packed(whole),
		"UTF-16, little end first":           encoded(t, whole, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)),
		"UTF-16, big end first":              encoded(t, whole, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)),
		"UTF-16 without a mark":              encoded(t, whole, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)),
		"a calendar within a calendar":       "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + vcalendar(raceEntry, qualifyingEntry) + "END:VCALENDAR\r\n",
		"an entry within an entry":           vcalendar("BEGIN:VEVENT\r\n" + raceEntry + qualifyingEntry),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readLines(t, body)
			if name == "an entry within an entry" {
				assert.ErrorContains(t, err, "line 3: ")
			} else {
				assert.NoError(t, err)
			}
			assert.Equal(t, both, got)
		})
	}
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func encoded(t *testing.T, text string, e encoding.Encoding) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func TestAnUnreadableLineLosesOnlyItself(t *testing.T) {
	for name, tc := range map[string]struct{ body, says string }{
		"a line without a colon":   {vcalendar("BEGIN:VEVENT\r\nUID:1\r\nthis says nothing\r\nDTSTART:20300524T130000Z\r\nSUMMARY:GP of Northmoor - Race\r\nEND:VEVENT\r\n", qualifyingEntry), `line 5: "this says nothing" is not a property of a calendar`},
		"several":                  {vcalendar("BEGIN:VEVENT\r\nUID:1\r\n;;;\r\n\"\r\n=\r\nDTSTART:20300524T130000Z\r\nSUMMARY:GP of Northmoor - Race\r\nEND:VEVENT\r\n", qualifyingEntry), `line 5: ";;;" is not a property of a calendar (and 2 more left out)`},
		"after a title":            {vcalendar("BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20300524T130000Z\r\nSUMMARY:GP of Northmoor - Race\r\n*** sponsored ***\r\nEND:VEVENT\r\n", qualifyingEntry), `line 7: "*** sponsored ***" is not a property`},
		"between entries":          {vcalendar(raceEntry, "<br>\r\n", qualifyingEntry), `line 9: "<br>" is not a property`},
		"an entry without a start": {vcalendar(raceEntry, vevent("UID:3", "SUMMARY:GP of Northmoor - Practice 1"), qualifyingEntry), "line 9: GP of Northmoor - Practice 1: not the calendar that was expected: an entry without a start"},
		"an entry without a name":  {vcalendar(raceEntry, vevent("UID:3", "DTSTART:20300524T130000Z"), qualifyingEntry), "line 9: not the calendar that was expected: an entry without a name"},
		"a time that is none":      {vcalendar(raceEntry, vevent("UID:3", "DTSTART:20301350T130000Z", "SUMMARY:Wet - Race"), qualifyingEntry), `line 9: Wet - Race: not the calendar that was expected: "20301350T130000Z" is not a time`},
		"an unknown zone":          {vcalendar(raceEntry, vevent("UID:3", "DTSTART;TZID=Customized Time Zone:20300524T130000", "SUMMARY:Wet - Race"), qualifyingEntry), `the time zone "Customized Time Zone" is not known`},
		"a date of 1970":           {vcalendar(raceEntry, vevent("UID:3", "DTSTART:19700101T000000Z", "SUMMARY:Wet - Race"), qualifyingEntry), "line 9: Wet - Race: an impossible date: 1970-01-01"},
		"a date of the year 1":     {vcalendar(raceEntry, vevent("UID:3", "DTSTART:00010101T000000Z", "SUMMARY:Wet - Race"), qualifyingEntry), "an impossible date: 0001-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readLines(t, tc.body)
			assert.ErrorContains(t, err, tc.says)
			assert.NotContains(t, err.Error(), "\n")
			assert.Equal(t, []string{qualifyingLine, raceLine}, got)
		})
	}
}

func TestEntriesKeepTheirTexts(t *testing.T) {
	latin, err := charmap.ISO8859_1.NewEncoder().String("GP de São Paulo - Race")
	require.NoError(t, err)
	for summary, want := range map[string]string{
		`SUMMARY:Moor, Heath; and Hill - Race`:                        "Moor, Heath; and Hill",
		`SUMMARY:Moor\, Heath\; and Hill - Race`:                      "Moor, Heath; and Hill",
		"SUMMARY:GP de S\xc3\r\n \xa3o Paulo - Race":                  "GP de São Paulo",
		"SUMMARY:" + latin:                                            "GP de São Paulo",
		`SUMMARY:Moor &amp; Heath&#39;s - Race`:                       "Moor & Heath's",
		`SUMMARY:"Moor" - Race`:                                       `"Moor"`,
		`SUMMARY;X-A=1:Moor: the hill - Race`:                         "the hill",
		"SUMMARY:" + strings.Repeat("Moor ", 14) + "\r\nHill - Race":  strings.Repeat("Moor ", 13) + "Moor Hill",
		"SUMMARY:Moor\u2028Heath - Race":                              "MoorHeath",
		"SUMMARY:First - Race\r\nSUMMARY:Second - Race":               "First",
		"DESCRIPTION:SUMMARY:no\\nBEGIN:VEVENT\r\nSUMMARY:Yes - Race": "Yes",
	} {
		events, err := parseICS([]byte(vcalendar(vevent("UID:1", "DTSTART:20300524T130000Z", summary))), "cup", may2030)
		require.NoError(t, err, summary)
		require.Len(t, events, 1, summary)
		assert.Equal(t, want, events[0].Name, summary)
		assert.Equal(t, season.Race, events[0].Sessions[0].Type, summary)
	}
}

func TestACancellationAppliesToItsOwnEntriesOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want []string
	}{
		"of all":                 {vcalendar("METHOD:CANCEL\r\n", raceEntry, qualifyingEntry), []string{qualifyingLine + " | cancelled", raceLine + " | cancelled"}},
		"said at the end":        {vcalendar(raceEntry, qualifyingEntry, "METHOD:CANCEL\r\n"), []string{qualifyingLine + " | cancelled", raceLine + " | cancelled"}},
		"of what follows":        {vcalendar("METHOD:PUBLISH\r\n", raceEntry, "METHOD:CANCEL\r\n", qualifyingEntry), []string{qualifyingLine + " | cancelled", raceLine}},
		"of the second calendar": {vcalendar("METHOD:PUBLISH\r\n", raceEntry) + vcalendar("METHOD:CANCEL\r\n", qualifyingEntry), []string{qualifyingLine + " | cancelled", raceLine}},
		"of what was published":  {vcalendar("METHOD:PUBLISH\r\n", raceEntry, qualifyingEntry) + vcalendar("METHOD:CANCEL\r\n", vevent("UID:1@x", "SEQUENCE:1", "SUMMARY:GP of Northmoor - Race")), []string{qualifyingLine, raceLine + " | cancelled"}},
		"by status":              {vcalendar(strings.Replace(raceEntry, "UID", "STATUS:CANCELED\r\nUID", 1)), []string{raceLine + " | cancelled"}},
	} {
		got, err := readLines(t, tc.body)
		assert.NoError(t, err, name)
		assert.Equal(t, tc.want, got, name)
	}
}

func TestTheNormalisedTextIsReadByTheLibrary(t *testing.T) {
	out, err := normalise([]byte(vcalendar(amsterdam, raceEntry, "METHOD:PUBLISH\r\n", qualifyingEntry)))
	require.NoError(t, err)
	calendar, err := ical.ParseCalendar(bytes.NewReader(out.text))
	require.NoError(t, err)
	assert.Len(t, calendar.Events(), 2)
	assert.Len(t, calendar.Timezones(), 1)
	assert.Equal(t, []int{11, 18}, []int{out.entries[0].line, out.entries[1].line})
}
