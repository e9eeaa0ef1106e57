package jsoncal

import (
	"testing"

	"gridwall/internal/testcal"
)

func FuzzJolpica(f *testing.F) {
	f.Add(testcal.File(f, "jolpica.json"))
	f.Add([]byte(`{"MRData":{"RaceTable":{"Races":[{"round":"5","raceName":"S\xe3o","date":"TBC","time":"T12:00:00Z","FirstPractice":{"date":"2030-10-04T12:00:00Z","time":null},"Sprint":[]}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseJolpica(body)
		testcal.Check(t, events, err)
	})
}

func FuzzF1Calendar(f *testing.F) {
	f.Add(testcal.File(f, "f1calendar.json"), testcal.File(f, "f1calendar-config.json"))
	f.Add([]byte(`{"races":[{"name":"Moor","round":"5.0","tbc":"yes","canceled":[],"cancelled":1,"sessions":{"gp":"tba","fp1":"2030-10-04t12:00:00z","q1":null}}]}`), []byte(`{"sessionLengths":{"fp1":"60"}}`))
	f.Fuzz(func(t *testing.T, body, config []byte) {
		events, err := parseF1Calendar(body, "f1", 2026, parseLengths(config))
		testcal.Check(t, events, err)
	})
}
