package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gridwall/backend/jsoncal"
	"gridwall/backend/season"

	ical "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheExportHasEverySessionOfTheCalendar(t *testing.T) {
	s := theSeason(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	service := New(Options{Providers: []Provider{jsoncal.NewJolpica("", given1(s.jolpica())), &given{key: "cup", out: []season.Event{race("cup-1", "cup", "Moor; a \"long\" race, with\\signs", saturday)}}}, Now: func() time.Time { return now }})
	service.Refresh(t.Context())
	service.SetOverrides(ParseOverrides("", []byte("[[override]]\nevent = \"Lone Hill Grand Prix\"\nstatus = \"cancelled\"\n[[override]]\nevent = \"Pearl Grand Prix\"\nsession = \"race\"\nstart = 2026-11-30\n"), time.UTC))
	c := service.Calendar(now)
	body := c.Export(nil, now)
	assert.NotContains(t, string(body), "VALARM")
	assert.Contains(t, string(body), "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n")
	again, err := readICS(t, string(body), "f1", now)
	require.NoError(t, err)
	require.Equal(t, 25, len(again))
	starts := map[string]string{}
	for _, e := range c.Events {
		for _, x := range e.Sessions {
			starts[e.Name+x.Name] = x.Day() + string(map[bool]season.Status{true: season.Cancelled}[x.Status == season.Cancelled])
			if x.Start != nil {
				starts[e.Name+x.Name] += x.Start.String()
			}
		}
	}
	for _, e := range again {
		for _, x := range e.Sessions {
			got := x.Day() + string(x.Status)
			if x.Start != nil {
				got += x.Start.String()
			}
			assert.Equal(t, starts[e.Name+x.Name], got, "%s, %s", e.Name, x.Name)
		}
	}
	parsed, err := ical.ParseCalendar(strings.NewReader(string(body)))
	require.NoError(t, err)
	uids := map[string]bool{}
	for _, e := range parsed.Events() {
		assert.False(t, uids[e.Id()], "a UID twice: %s", e.Id())
		uids[e.Id()] = true
	}
	assert.True(t, uids["f1-2026-southern-bay-grand-prix-race-race@gridwall"])
	assert.Equal(t, body, service.Calendar(now).Export(nil, now.Add(time.Hour)), "an unchanged calendar is exported unchanged")

	cup := string(c.Export([]string{"CUP"}, now))
	assert.Equal(t, 1, strings.Count(cup, "BEGIN:VEVENT"))
	formula := string(c.Export([]string{"Formula 1"}, now))
	assert.NotContains(t, formula, "UID:cup")
	assert.Equal(t, 120, strings.Count(formula, "BEGIN:VEVENT"))
}

func TestTheExportIsValidWhateverItsTextsContain(t *testing.T) {
	long := strings.Repeat("Großer Preis von Österreich 🏁 ", 4) + strings.Repeat("ü", 150)
	events := []season.Event{}
	for i, name := range []string{"A\rB", "A\nBEGIN:VEVENT\r\nUID:x", `commas, semicolons; colons: and \\ "quotes"`, "zero \x00 and bell \a", long, strings.Repeat("東京", 60), "\u2028line\u2029separators\u0085", "  blanks  "} {
		e := race(fmt.Sprint("cup-", i), "cup", name, saturday.AddDate(0, 0, 7*i))
		e.Circuit, e.Locality, e.Country = name, "L\r", "C"
		events = append(events, e)
	}
	c := Calendar{Events: events, FetchedAt: &saturday}
	for _, series := range [][]string{nil, {"cup\r"}, {"cup\r\nX-EVIL:1", "cup"}, {"cup\x00\x1b[31m", "cup"}, {strings.Repeat("ü ", 200), "cup"}} {
		body := string(c.Export(series, saturday))
		assert.NotContains(t, strings.ReplaceAll(body, "\r\n", ""), "\r")
		assert.NotContains(t, strings.ReplaceAll(body, "\r\n", ""), "\n")
		for line := range strings.SplitSeq(body, "\r\n") {
			assert.LessOrEqual(t, len(line), 75, "a line of more than 75 octets: %q", line)
			assert.True(t, utf8.ValidString(line), "a line that ends within a letter: %q", line)
			assert.NotContains(t, strings.TrimLeft(line, " "), "\x00")
			assert.False(t, strings.HasPrefix(line, "X-EVIL"))
		}
		parsed, err := ical.ParseCalendar(strings.NewReader(body))
		require.NoError(t, err)
		require.Len(t, parsed.Events(), len(events))
		for i, e := range parsed.Events() {
			assert.Equal(t, season.Label("CUP: Race ("+events[i].Name+")"), e.GetProperty(ical.ComponentPropertySummary).Value)
			assert.Equal(t, season.Label(events[i].Circuit)+", L, C", e.GetProperty(ical.ComponentPropertyLocation).Value)
		}
		again, err := readICS(t, body, "cup", saturday)
		require.NoError(t, err)
		sessions := 0
		for _, e := range again {
			sessions += len(e.Sessions)
		}
		assert.Equal(t, len(events), sessions)
	}
}
