package schedule

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"
	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The season of f1calendar's project before and after a round was inserted in front of Singapore.
const (
	roundsBefore = `{"races":[
		{"name":"Azerbaijan","location":"Baku","round":15,"slug":"azerbaijan-grand-prix","sessions":{"qualifying":"2030-09-21T12:00:00Z","gp":"2030-09-22T11:00:00Z"}},
		{"name":"Singapore","location":"Marina Bay","round":16,"slug":"singapore-grand-prix","sessions":{"qualifying":"2030-10-05T13:00:00Z","gp":"2030-10-06T12:00:00Z"}},
		{"name":"United States","location":"Austin","round":17,"slug":"us-grand-prix","sessions":{"gp":"2030-10-20T19:00:00Z"}}]}`
	roundsAfter = `{"races":[
		{"name":"Azerbaijan","location":"Baku","round":15,"slug":"azerbaijan-grand-prix","sessions":{"qualifying":"2030-09-21T12:00:00Z","gp":"2030-09-22T11:00:00Z"}},
		{"name":"Bahrain Grand Prix (Malaysia)","location":"Sepang","round":16,"slug":"malaysia-grand-prix","tbc":true,"sessions":{"fp1":"2030-10-02T05:00:00Z","gp":"2030-10-04T07:00:00Z"}},
		{"name":"Singapore","location":"Marina Bay","round":17,"slug":"singapore-grand-prix","sessions":{"qualifying":"2030-10-05T13:00:00Z","gp":"2030-10-06T12:00:00Z"}},
		{"name":"United States","location":"Austin","round":18,"slug":"us-grand-prix","sessions":{"gp":"2030-10-20T19:00:00Z"}}]}`
)

// seasonOf serves one text after the other as the season of f1calendar.
func seasonOf(body *string) season.Fetch {
	return func(_ context.Context, url string) ([]byte, error) {
		if strings.HasSuffix(url, "/2030.json") {
			return []byte(*body), nil
		}
		return nil, errors.New("404")
	}
}

// sessionUIDs returns the UIDs of the exported calendar by the title of each entry.
func sessionUIDs(c Calendar) map[string]string {
	out := map[string]string{}
	text := strings.ReplaceAll(string(c.Export(nil, may2030)), "\r\n ", "")
	for _, entry := range strings.Split(text, "BEGIN:VEVENT")[1:] {
		uid := regexp.MustCompile(`UID:(.*)\r`).FindStringSubmatch(entry)
		name := regexp.MustCompile(`SUMMARY:(.*)\r`).FindStringSubmatch(entry)
		out[name[1]] = uid[1]
	}
	return out
}

func TestAnInsertedRoundChangesNoOtherEventsID(t *testing.T) {
	body := roundsBefore
	store := &memory{}
	options := Options{Providers: []Provider{jsoncal.NewF1Calendar("", "f1", seasonOf(&body))}, Store: store, Now: func() time.Time { return may2030 }}
	read := func() Calendar {
		New(options).Refresh(t.Context())
		return New(options).Calendar(may2030) // as after a restart
	}
	before := read()
	require.Equal(t, []string{"f1-2030-azerbaijan-grand-prix", "f1-2030-singapore-grand-prix", "f1-2030-us-grand-prix"}, idsOf(before.Events))
	uids := sessionUIDs(before)
	body = roundsAfter
	after := read()
	assert.Equal(t, []string{"f1-2030-azerbaijan-grand-prix", "f1-2030-malaysia-grand-prix", "f1-2030-singapore-grand-prix", "f1-2030-us-grand-prix"}, idsOf(after.Events))
	assert.Equal(t, 17, after.Events[2].Round)
	for name, uid := range uids {
		assert.Equal(t, uid, sessionUIDs(after)[name], "a calendar app keeps its entry of %s", name)
	}
	for _, e := range after.Events {
		for _, s := range e.Sessions {
			assert.Nil(t, s.MovedFrom, "nothing was moved: %s, %s", e.Name, s.Name)
		}
	}
	assert.Equal(t, []string{"fp1 | Practice 1 | 2030-10-02", "race | Race | 2030-10-04"}, testcal.Lines(after.Events[1]), "times to be confirmed are left out")
	body = roundsBefore
	assert.Equal(t, before.Events, read().Events, "the round is dropped again")
}

func TestEventsKeepTheIDsOfEarlierVersions(t *testing.T) {
	body := roundsBefore
	store := &memory{}
	options := Options{Providers: []Provider{jsoncal.NewF1Calendar("", "f1", seasonOf(&body))}, Store: store, Now: func() time.Time { return may2030 }}
	New(options).Refresh(t.Context())
	raw, err := store.Get("f1calendar-f1")
	require.NoError(t, err)
	old := string(raw)
	for round, name := range map[int]string{15: "azerbaijan", 16: "singapore", 17: "us"} {
		old = strings.ReplaceAll(old, "f1-2030-"+name+"-grand-prix", fmt.Sprintf("f1-2030-%d", round))
	}
	require.NoError(t, store.Put("f1calendar-f1", []byte(old)))
	uids := sessionUIDs(New(options).Calendar(may2030))
	body = roundsAfter
	for range 2 {
		New(options).Refresh(t.Context())
		c := New(options).Calendar(may2030)
		assert.Equal(t, []string{"f1-2030-15", "f1-2030-malaysia-grand-prix", "f1-2030-16", "f1-2030-17"}, idsOf(c.Events))
		for name, uid := range uids {
			assert.Equal(t, uid, sessionUIDs(c)[name], name)
		}
		assert.Equal(t, 2, Find(c.Events, "f1-2030-16"), "the id is Singapore's, which had the round")
		assert.Equal(t, 3, Find(c.Events, "f1-2030-18"), "an unused id made of a round means the event that has the round")
		assert.Equal(t, -1, Find(c.Events, "f1-2030-19"))
		assert.Equal(t, -1, Find(c.Events, ""))
	}
}

func TestAnInsertedOrDroppedRoundOfJolpicaChangesNoID(t *testing.T) {
	race := func(round int, name, circuit, date string) string {
		return fmt.Sprintf(`{"season":"2030","round":"%d","raceName":%q,"Circuit":{"circuitName":%q,"Location":{"locality":"x","country":"y"}},"date":%q,"time":"12:00:00Z"}`, round, name, circuit, date)
	}
	listOf := func(races ...string) []byte {
		return []byte(`{"MRData":{"RaceTable":{"Races":[` + strings.Join(races, ",") + `]}}}`)
	}
	for name, tc := range map[string]struct {
		before, after []byte
		ids           []string
	}{
		"inserted": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Lake GP", "Lake", "2030-03-17")),
			listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Hill GP", "Hill", "2030-03-10"), race(3, "Lake GP", "Lake", "2030-03-17")),
			[]string{"f1-2030-moor-gp", "f1-2030-hill-gp", "f1-2030-lake-gp"}},
		"left out": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Lake GP", "Lake", "2030-03-17")), listOf(race(1, "Lake GP", "Lake", "2030-03-17")), []string{"f1-2030-lake-gp"}},
		"twice in a season, the first inserted": {listOf(race(9, "Moor GP", "Moor", "2030-11-29")), listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(10, "Moor GP", "Moor", "2030-11-29")),
			[]string{"f1-2030-moor-gp-0303", "f1-2030-moor-gp"}},
		"twice in a season, the second inserted": {listOf(race(1, "Moor GP", "Moor", "2030-03-03")), listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(10, "Moor GP", "Moor", "2030-11-29")),
			[]string{"f1-2030-moor-gp", "f1-2030-moor-gp-1129"}},
		"twice in a season, the first left out": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(10, "Moor GP", "Moor", "2030-11-29")), listOf(race(9, "Moor GP", "Moor", "2030-11-29")),
			[]string{"f1-2030-moor-gp-1129"}},
		"twice in a season, both moved a week": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Moor GP", "Moor", "2030-03-10")), listOf(race(1, "Moor GP", "Moor", "2030-03-10"), race(2, "Moor GP", "Moor", "2030-03-17")),
			[]string{"f1-2030-moor-gp", "f1-2030-moor-gp-0310"}},
		"twice in a season, the first left out and another behind": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Moor GP", "Moor", "2030-03-10")), listOf(race(2, "Moor GP", "Moor", "2030-03-10"), race(3, "Moor GP", "Moor", "2030-03-17")),
			[]string{"f1-2030-moor-gp-0310", "f1-2030-moor-gp-0317"}},
		"renamed for a sponsor": {listOf(race(1, "Rubber Moor Grand Prix", "Moor Heath", "2030-03-03"), race(2, "Lake GP", "Lake", "2030-03-17")),
			listOf(race(1, "Lake GP", "Lake", "2030-03-17"), race(2, "Oil Grand Prix of the North", "Moor Heath", "2030-03-04")), []string{"f1-2030-rubber-moor-grand-prix", "f1-2030-lake-gp"}},
		"moved by months": {listOf(race(1, "Moor GP", "Moor", "2030-03-03"), race(2, "Lake GP", "Lake", "2030-03-17")), listOf(race(1, "Lake GP", "Lake", "2030-03-17"), race(2, "Moor GP", "Moor", "2030-10-03")),
			[]string{"f1-2030-lake-gp", "f1-2030-moor-gp"}},
		"another event on the same day": {listOf(race(1, "Moor GP", "Moor Heath", "2030-03-03")), listOf(race(1, "Lake GP", "Three Lakes Park", "2030-03-03")), []string{"f1-2030-lake-gp"}},
		"renamed, and a new one of its name": {listOf(race(1, "Moor GP", "Moor Heath", "2030-03-03")), listOf(race(1, "Old Moor GP", "Moor Heath", "2030-03-03"), race(2, "Moor GP", "Sundholm", "2030-09-03")),
			[]string{"f1-2030-old-moor-gp", "f1-2030-moor-gp"}},
	} {
		t.Run(name, func(t *testing.T) {
			body := tc.before
			s := New(Options{Providers: []Provider{jsoncal.NewJolpica("", func(context.Context, string) ([]byte, error) { return body, nil })}, Now: func() time.Time { return may2030 }})
			s.Refresh(t.Context())
			body = tc.after
			s.Refresh(t.Context())
			assert.Equal(t, tc.ids, idsOf(s.Calendar(may2030).Events))
		})
	}
}

func TestARenamedEntryKeepsItsEvent(t *testing.T) {
	body := testcal.Calendar(testcal.Event("UID:a", "DTSTART:20300524T130000Z", "SUMMARY:Rubber GP - Race"), testcal.Event("UID:b", "DTSTART:20300607T130000Z", "SUMMARY:Lake GP - Race"))
	s := New(Options{Providers: []Provider{ics.New("https://calendar.test/x.ics", "cup", func(context.Context, string) ([]byte, error) { return []byte(body), nil })}, Now: func() time.Time { return may2030 }})
	s.Refresh(t.Context())
	body = strings.ReplaceAll(strings.ReplaceAll(body, "Rubber", "Oil"), "20300524", "20300525")
	s.Refresh(t.Context())
	e := s.Calendar(may2030).Events
	assert.Equal(t, []string{"cup-2030-rubber-gp", "cup-2030-lake-gp"}, idsOf(e))
	assert.Equal(t, "Oil GP", e[0].Name)
	assert.Equal(t, "2030-05-24 13:00", e[0].Sessions[0].MovedFrom.Format("2006-01-02 15:04"))
}

func TestOverridesThatNameAnEventByItsRoundStillMatch(t *testing.T) {
	body := roundsBefore
	events, err := jsoncal.NewF1Calendar("", "f1", seasonOf(&body)).Events(t.Context(), may2030)
	require.NoError(t, err)
	o := ParseOverrides("", []byte("[[override]]\nevent = \"f1-2030-16\"\nstatus = \"cancelled\"\n"), time.UTC)
	got, problems := o.apply(events, may2030, true)
	assert.Empty(t, problems)
	assert.Equal(t, []season.Status{"", season.Cancelled, ""}, []season.Status{got[0].Sessions[0].Status, got[1].Sessions[0].Status, got[2].Sessions[0].Status})
}

func TestAnOverrideMatchesTheEventWithItsID(t *testing.T) {
	day := func(n int) time.Time { return saturday.AddDate(0, 0, 14*n) }
	event := func(id string, round, n int, name string) season.Event {
		e := race(id, "f1", name, day(n))
		e.Season, e.Round = "2026", round
		return e
	}
	usa := event("f1-2026-17", 18, 4, "United States Grand Prix")
	usa.NameID = "f1-2026-us-grand-prix"
	events := []season.Event{
		event("f1-2026-5", 5, 0, "Monaco Grand Prix"),
		event("f1-2026-malaysia-grand-prix", 16, 1, "Malaysia Grand Prix"),
		event("f1-2026-16", 17, 2, "Singapore Grand Prix"),
		usa,
		event("f1-2026-7", 7, 5, "Bahrain Grand Prix"),
		event("f1-2026-9", 9, 6, "Bahrain Grand Prix"),
		event("f1-2026-moor-grand-prix-0801", 10, 7, "Moor Grand Prix"),
	}
	for id, want := range map[string]int{
		"f1-2026-monaco-grand-prix":        0,
		"F1-2026-Monaco-Grand-Prix":        0,
		"f1-2026-5":                        0,
		"f1-2026-16":                       2, // not Malaysia, which has the round now
		"f1-2026-singapore-grand-prix":     2,
		"f1-2026-us-grand-prix":            3,
		"f1-2026-united-states-grand-prix": 3,
		"f1-2026-18":                       3,
		"f1-2026-17":                       3,
		"f1-2026-bahrain-grand-prix":       -1, // two have the name
		"f1-2026-moor-grand-prix":          -1, // the id of a race that the calendar lists no more
	} {
		o := ParseOverrides("", []byte("[[override]]\nevent = \""+id+"\"\nstatus = \"cancelled\"\n[[session]]\nevent = \""+id+"\"\nname = \"Parade\"\nstart = 2026-12-24\n"), time.UTC)
		got, problems := o.apply(cloneEvents(events), day(0).AddDate(0, 0, -30), true)
		assert.Equal(t, want < 0, len(problems) > 0, "%s: %v", id, problems)
		for _, e := range got {
			is := want >= 0 && e.ID == events[want].ID
			assert.Equal(t, is, e.Overridden, "%s, %s", id, e.ID)
			assert.Equal(t, is, len(e.Sessions) > len(events[0].Sessions), "%s, %s", id, e.ID)
		}
		if id == strings.ToLower(id) {
			assert.Equal(t, want, Find(events, id), id)
		}
	}
}

func TestAnEventWithAnOlderIDIsFoundByTheIDOfItsName(t *testing.T) {
	events := []season.Event{
		{ID: "f1-2026-5", Series: "f1", Season: "2026", Round: 5, Name: "Monaco Grand Prix"},
		{ID: "f1-2026-7", Series: "f1", Season: "2026", Round: 7, Name: "Bahrain Grand Prix"},
		{ID: "f1-2026-9", Series: "f1", Season: "2026", Round: 9, Name: "Bahrain Grand Prix"},
	}
	assert.Equal(t, 0, Find(events, "f1-2026-monaco-grand-prix"))
	assert.Equal(t, 0, Find(events, "f1-2026-5"))
	assert.Equal(t, -1, Find(events, "f1-2026-bahrain-grand-prix"), "two events have the name")
	events[2] = season.Event{ID: "motogp-2026-motogp-0712", Series: "motogp", Season: "2026", Name: "MotoGP"}
	assert.Equal(t, -1, Find(events, "motogp-2026-motogp"), "that was the id of an earlier weekend, which the calendar no longer lists")
	assert.Equal(t, -1, Find(events, ""))
}
