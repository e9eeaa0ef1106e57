package season

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStreamsAreFoundByTheirTitles(t *testing.T) {
	paulo := Event{Series: "f1", Name: "São Paulo Grand Prix", Circuit: "Autódromo José Carlos Pace", Locality: "São Paulo", Country: "Brazil"}
	vegas := Event{Series: "f1", Name: "Las Vegas Grand Prix", Circuit: "Las Vegas Strip Street Circuit", Locality: "Las Vegas", Country: "USA"}
	spa := Event{Series: "Formula 1", Name: "Belgian Grand Prix", Circuit: "Circuit de Spa-Francorchamps", Locality: "Spa", Country: "Belgium"}
	austin := Event{Series: "f1", Name: "United States Grand Prix", Circuit: "Circuit of the Americas", Locality: "Austin", Country: "USA"}
	cup := Event{Series: "Karting Cup", Name: "Grand Prix", Circuit: "", Locality: "", Country: ""}
	bare := Event{}
	race, fp2 := Session{Type: Race, Name: "Race"}, Session{Type: FP2, Name: "Practice 2"}
	quali, sprintQuali := Session{Type: Qualifying, Name: "Qualifying"}, Session{Type: SprintQualifying, Name: "Sprint qualifying"}
	warm := Session{Type: Other, Name: "Warm up"}
	for _, tc := range []struct {
		e     Event
		s     Session
		title string
		want  int
	}{
		{paulo, race, "F1 Sao Paulo Grand Prix - Race", worthEvent + worthSeries + worthSession},
		{paulo, race, "FORMULA 1: SÃO PAULO", worthEvent + worthSeries},
		{paulo, race, "interlagos paulo", worthEvent},
		{paulo, race, "Formula One | World feed", worthSeries + worthPicture},
		{paulo, race, "F1TV Pit lane", worthSeries},
		{paulo, race, "The Race, live", worthSession},
		{paulo, race, "Sao", 0},
		{paulo, race, "Grand Prix", 0},
		{paulo, race, "Live Grand Prix channel", 0},
		{paulo, race, "Brazil TV", 0},
		{paulo, race, "F1 Brazil", worthSeries + worthEvent},
		{paulo, race, "News 24", 0},
		{paulo, race, "World feed", 0},
		{paulo, race, "", 0},
		{paulo, race, "F2 São Paulo Race", 0},
		{paulo, race, "MotoGP Race", 0},
		{paulo, race, "F1 Academy Race", 0},
		{paulo, race, "F1 and F2 Race", worthSeries + worthSession},
		{paulo, race, "F1 São Paulo Practice 2", 1},
		{paulo, fp2, "F1 São Paulo FP2", worthEvent + worthSeries + worthSession},
		{paulo, fp2, "F1 Free Practice 2", worthSeries + worthSession},
		{paulo, fp2, "F1 Practice", worthSeries + worthSession},
		{paulo, fp2, "F1 Practice 1", 1},
		{paulo, fp2, "FP1", 0},
		{paulo, quali, "F1 Sprint Qualifying", 1},
		{paulo, sprintQuali, "F1 Sprint Shootout", worthSeries + worthSession},
		{paulo, sprintQuali, "F1 Qualifying", 1},
		{paulo, warm, "F1 Warm-up", worthSeries + worthSession},
		{paulo, race, "F1TV Grand Prix", worthSeries},
		{vegas, race, "Vegas", worthEvent},
		{vegas, race, "Las Estrellas", 0},
		{vegas, race, "ESPN USA", 0},
		{spa, race, "Spa", worthEvent},
		{spa, race, "Spa-Francorchamps F1", worthEvent + worthSeries},
		{spa, race, "Belgian feed", worthEvent},
		{spa, race, "Spain", 0},
		{austin, race, "States of the art", 0},
		{austin, race, "United news", 0},
		{austin, race, "F1 United States Grand Prix", worthEvent + worthSeries},
		{austin, race, "Austin onboard 44", worthEvent},
		{cup, race, "Karting cup: heat", worthSeries},
		{cup, race, "Grand Prix", 0},
		{cup, race, "Cup", 0},
		{cup, race, "F1 Race", 0},
		{bare, Session{}, "anything", 0},
		{bare, Session{}, "", 0},
	} {
		assert.Equal(t, tc.want, NewMatcher(tc.e, tc.s).Match(tc.title), "%q for %s, %s", tc.title, tc.e.Name, tc.s.Name)
	}
}

func TestTheBroadcastRanksBeforeOnboardCameras(t *testing.T) {
	for title, want := range map[string]int{"World feed": 1, "F1 – WORLD FEED 1080p": 1, "Onboard 44": 0, "Timing": 0, "": 0} {
		assert.Equal(t, want, Picture(title), title)
	}
}
