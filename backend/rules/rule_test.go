package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func rule(t testing.TB, r Rule) *Compiled {
	t.Helper()
	c, problems := Compile(r)
	require.Empty(t, problems)
	return c
}

func TestARuleAppliesToItsSessions(t *testing.T) {
	race := Subject{Series: "f1", Event: []string{"São Paulo Grand Prix", "Autódromo José Carlos Pace", "São Paulo", "Brazil"}, Session: []string{"Race", "race"}}
	for _, tc := range []struct {
		name string
		rule Rule
		want bool
	}{
		{"no condition", Rule{}, true},
		{"series", Rule{Series: "^f1$"}, true},
		{"another series", Rule{Series: "^f2$"}, false},
		{"case does not matter", Rule{Series: "F1", Event: "GRAND PRIX"}, true},
		{"an accent that the rule does not have", Rule{Event: "sao paulo"}, true},
		{"an accent that the calendar has", Rule{Event: "SÃO"}, true},
		{"the circuit", Rule{Event: "jose carlos"}, true},
		{"the country", Rule{Event: "^brazil$"}, true},
		{"the type", Rule{Session: "^race$"}, true},
		{"another session", Rule{Session: "^qualifying$"}, false},
		{"all must match", Rule{Series: "f1", Event: "monaco", Session: "race"}, false},
	} {
		tc.rule.Layout = "auto"
		assert.Equal(t, tc.want, rule(t, tc.rule).AppliesTo(race), tc.name)
	}
	plain := Subject{Series: "f1", Event: []string{"Sao Paulo Grand Prix"}, Session: []string{"Race"}}
	assert.True(t, rule(t, Rule{Event: "São Paulo", Layout: "1"}).AppliesTo(plain), "an accent that the calendar does not have")
	assert.True(t, rule(t, Rule{Event: "M[üu]nchen|Stra(ß)e", Layout: "1"}).AppliesTo(Subject{Event: []string{"STRASSE"}}))
	assert.True(t, rule(t, Rule{Event: "[à-é]+o paulo", Layout: "1"}).AppliesTo(race), "a range that is invalid without accents")
}

func TestStreamsAreRankedInTheOrderOfTheTitles(t *testing.T) {
	c := rule(t, Rule{Sources: []string{"club", "tv"}, Titles: []string{"world", "onboard", `^timing\b`}})
	for _, tc := range []struct {
		source, title string
		rank          int
		ok            bool
	}{
		{"club", "World Feed", 0, true}, {"tv", "Onboard 44", 1, true}, {"tv", "Timing 720p", 2, true},
		{"club", "World onboard", 0, true}, {"other", "World Feed", 0, false}, {"tv", "Paddock", 0, false}, {"tv", "Timings", 0, false},
	} {
		rank, ok := c.Rank(tc.source, tc.title)
		assert.Equal(t, tc.ok, ok, tc.title)
		assert.Equal(t, tc.rank, rank, tc.title)
	}
	_, ok := rule(t, Rule{Sources: []string{"club"}}).Rank("club", "whatever")
	assert.True(t, ok, "without titles, all streams of its sources")
	_, ok = rule(t, Rule{Titles: []string{"boite"}}).Rank("any", "Boîte à feux")
	assert.True(t, ok, "without sources, all streams with the title")
	assert.False(t, rule(t, Rule{Layout: "2x2"}).SelectsStreams(), "a rule may set only the layout")
}

func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	list := []*Compiled{
		rule(t, Rule{Series: "f1", Session: "race", Titles: []string{"a"}}),
		rule(t, Rule{Series: "f1", Titles: []string{"b"}}),
		rule(t, Rule{Titles: []string{"c"}}),
	}
	assert.Equal(t, 0, First(list, Subject{Series: "f1", Session: []string{"Race"}}))
	assert.Equal(t, 1, First(list, Subject{Series: "f1", Session: []string{"Practice 1"}}))
	assert.Equal(t, 2, First(list, Subject{Series: "motogp", Session: []string{"Race"}}))
	assert.Equal(t, -1, First(list[:2], Subject{Series: "motogp"}))
}

func TestMistakesAreReportedAtTheirFieldInOneLine(t *testing.T) {
	for _, tc := range []struct {
		rule  Rule
		field string
		index int
		says  string
	}{
		{Rule{Series: "(", Layout: "1"}, FieldSeries, -1, "never closed"},
		{Rule{Event: "a)", Layout: "1"}, FieldEvent, -1, "never opened"},
		{Rule{Session: "[a", Layout: "1"}, FieldSession, -1, "never closed"},
		{Rule{Titles: []string{"ok", "*"}}, FieldTitles, 1, "to repeat"},
		{Rule{Titles: []string{"(?=x)"}}, FieldTitles, 0, "ahead"},
		{Rule{Titles: []string{"a{1001}"}}, FieldTitles, 0, "1000"},
		{Rule{Titles: []string{"((a{100}){100}){100}"}}, FieldTitles, 0, "regular expression"},
		{Rule{Titles: []string{`a\`}}, FieldTitles, 0, "backslash"},
		{Rule{Titles: []string{strings.Repeat("a", 501)}}, FieldTitles, 0, "longer than 500"},
		{Rule{Titles: []string{"a\nb"}}, FieldTitles, 0, "control"},
		{Rule{Titles: []string{""}}, FieldTitles, 0, "empty"},
		{Rule{Titles: make([]string, 21)}, FieldTitles, -1, "at most 20"},
		{Rule{Sources: []string{"a", " "}}, FieldSources, 1, "empty"},
		{Rule{Layout: "5x5"}, FieldLayout, -1, "1+5"},
		{Rule{Name: strings.Repeat("a", 101), Layout: "1"}, FieldName, -1, "100"},
		{Rule{Series: "f1"}, FieldTitles, -1, "no effect"},
	} {
		c, problems := Compile(tc.rule)
		assert.Nil(t, c)
		require.NotEmpty(t, problems, "%+v", tc.rule)
		assert.Equal(t, tc.field, problems[0].Field, "%+v", tc.rule)
		assert.Equal(t, tc.index, problems[0].Index, "%+v", tc.rule)
		assert.Contains(t, problems[0].Msg, tc.says)
		assert.NotContains(t, problems[0].Error(), "\n")
	}
	_, problems := Compile(Rule{Series: "(", Titles: []string{"*", "a", "["}})
	assert.Len(t, problems, 3, "all mistakes are reported at once")
}

// FuzzCompile checks that any text is either a rule or refused in one line, and that nothing panics.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"", "f1", "São", "(?i)(a|b)*", "[à-ü]", "[a-é]", `\pL+\`, "(?P<n>x)", "((((((a{9}){9}){9}){9}){9})", "＊", "ﬁ[ß]", "\xff", "a\u0303", "(?s).*$"} {
		f.Add(s, "São Paulo ﬁnal Straße", s)
	}
	f.Fuzz(func(t *testing.T, expr, text, title string) {
		r := Rule{Name: title, Series: expr, Event: expr, Session: expr, Sources: []string{title}, Titles: []string{expr}}
		c, problems := Compile(r)
		if (c == nil) == (len(problems) == 0) {
			t.Fatal("neither a rule nor a reason")
		}
		for _, p := range problems {
			if strings.ContainsAny(p.Error(), "\n\r") || p.Msg == "" {
				t.Fatalf("%q is not one line", p.Error())
			}
		}
		if c == nil {
			return
		}
		c.Rank(title, text)
		c.AppliesTo(Subject{Series: text, Event: []string{text, title}, Session: []string{title}})
		if strings.ContainsAny(expr, "$^") || strings.Contains(expr, `\`) {
			return
		}
		// A pattern that matches a text matches it without accents too.
		if _, ok := c.Rank(title, text); ok && c.titles[0].plain != c.titles[0].written && !strings.ContainsAny(expr, "[.{?(|") {
			if _, plain := c.Rank(title, Fold(text)); !plain {
				t.Fatalf("%q matches %q, but not %q", expr, text, Fold(text))
			}
		}
	})
}

func BenchmarkRank50000(b *testing.B) {
	c := rule(b, Rule{Titles: []string{"world feed", "onboard", "^timing", "pit ?lane", "drone"}})
	titles := make([]string, 50_000)
	for i := range titles {
		titles[i] = fmt.Sprintf("Channel %d of some provider HD", i)
	}
	for b.Loop() {
		for _, t := range titles {
			c.Rank("list", t)
		}
	}
}
