package schedule

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASeasonThatIsKeptByHandIsReadAsItIsMeant(t *testing.T) {
	const gp = `"sessions":{"gp":"2030-10-06T12:00:00Z"}`
	const at, day = "race | Race | 2030-10-06 12:00 2h0m0s", "race | Race | 2030-10-06"
	const practice = "fp1 | Practice 1 | 2030-10-04 12:00 1h0m0s"
	for race, want := range map[string][]string{
		`"tbc":"true",` + gp:                       {day},
		`"tbc":1,` + gp:                            {day},
		`"tbc":"false",` + gp:                      {at},
		`"tbc":0,` + gp:                            {at},
		`"tbc":null,` + gp:                         {at},
		`"canceled":"yes",` + gp:                   {at + " | cancelled"},
		`"cancelled":true,` + gp:                   {at + " | cancelled"},
		`"canceled":false,` + gp:                   {at},
		`"round":"5",` + gp:                        {at},
		`"round":5.0,` + gp:                        {at},
		`"round":null,` + gp:                       {at},
		`"sessions":{"gp":"2030-10-06t12:00:00z"}`: {at},
		`"sessions":{"gp":null,"fp1":"2030-10-04T12:00:00Z"}`:                                                                  {practice},
		`"sessions":{"gp":"","fp1":"2030-10-04T12:00:00Z"}`:                                                                    {practice},
		`"sessions":{"gp":"TBC","fp1":"2030-10-04T12:00:00Z"}`:                                                                 {practice},
		`"sessions":{"gp":"tba","fp1":"2030-10-04T12:00:00Z","q1":"-"}`:                                                        {practice},
		`"sessions":{"gp":"2030-10-06"}`:                                                                                       {day},
		`"sessions":{"feature1":"2030-10-05T18:00:00Z","feature":"2030-10-06T12:00:00Z","qualifying2":"2030-10-05T16:00:00Z"}`: {"qualifying | Qualifying 2 | 2030-10-05 16:00 1h0m0s", "race | Feature 1 | 2030-10-05 18:00 2h0m0s", "race | Feature | 2030-10-06 12:00 2h0m0s"},
	} {
		events, err := parseF1Calendar([]byte(`{"races":[{"name":"Moor",`+race+`}]}`), "f1", 2030, nil)
		assert.NoError(t, err, race)
		if assert.Len(t, events, 1, race) {
			assert.Equal(t, want, lines(events[0]), race)
		}
	}
	for race, says := range map[string]string{`"tbc":"perhaps",` + gp: `"tbc" holds string`, `"round":5.5,` + gp: `"round" holds number`, `"round":[5],` + gp: `"round" holds array`, `"canceled":{},` + gp: `"canceled" holds object`} {
		events, err := parseF1Calendar([]byte(`{"races":[{"name":"Moor",`+race+`}]}`), "f1", 2030, nil)
		assert.ErrorContains(t, err, says, race)
		assert.Len(t, events, 1, race)
	}
	for race, want := range map[string][]string{
		`"date":"2030-10-06","time":"T12:00:00Z"`: {at}, `"date":"2030-10-06T12:00:00Z"`: {at}, `"date":"2030-10-06","time":"tbc"`: {day}, `"date":"2030-10-06","time":null`: {day},
		`"date":"TBC","time":"TBC","FirstPractice":{"date":"2030-10-04","time":"12:00:00Z"},"Qualifying":{"date":null,"time":null}`: {practice},
		`"date":null,"FirstPractice":{"date":"2030-10-04","time":"12:00:00Z"},"Sprint":{},"SprintQualifying":null`:                  {practice},
	} {
		events, err := parseJolpica([]byte(`{"MRData":{"RaceTable":{"Races":[{"round":"5","raceName":"Moor",` + race + `}]}}}`))
		assert.NoError(t, err, race)
		if assert.Len(t, events, 1, race) {
			assert.Equal(t, want, lines(events[0]), race)
		}
	}
	for body, says := range map[string]string{"404: Not Found": "not the calendar that was expected: no JSON", "Not Found": "no JSON (", `"gone"`: "it holds string", `[]`: "it holds array", `{"error":"rate limit"}`: "no races"} {
		_, err := parseF1Calendar([]byte(body), "f1", 2030, nil)
		assert.ErrorContains(t, err, says, body)
	}
}

func TestAnAddressOfACalendarAppIsOneOfTheWeb(t *testing.T) {
	for _, address := range []string{
		"webcal://calendar.test/x.ics", "WEBCALS://calendar.test/x.ics", " webcal://calendar.test/x.ics ", "webcal:calendar.test/x.ics", "webcal://https://calendar.test/x.ics",
		"webcal:https://calendar.test/x.ics", "feed://calendar.test/x.ics", "https://calendar.test/x.ics",
	} {
		assert.Equal(t, "https://calendar.test/x.ics", ICS(address, "", nil).(*ics).url, address)
	}
	assert.Equal(t, "https://http.test/x.ics", ICS("webcal://http.test/x.ics", "", nil).(*ics).url)
	assert.Equal(t, "http://calendar.test/x.ics", ICS("webcal://http://calendar.test/x.ics", "", nil).(*ics).url)
	assert.Equal(t, "calendars/x.ics", ICS("calendars/x.ics", "", nil).(*ics).url)
}
