package ics

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// named reads a calendar of races with these lines for their titles, a week apart, and returns the names of the events.
func named(t *testing.T, wrap func(string) string, titles ...string) (out []string) {
	t.Helper()
	var parts []string
	for i, title := range titles {
		parts = append(parts, vevent("DTSTART:2030050"+string(rune('1'+i))+"T120000Z", title))
	}
	events, err := parseICS([]byte(wrap(vcalendar(parts...))), "cup", may2030)
	require.NoError(t, err)
	for _, e := range events {
		out = append(out, e.Name)
	}
	return out
}

func TestOneInvalidByteGarblesNoOtherTitle(t *testing.T) {
	plain := func(s string) string { return s }
	as := func(e encoding.Encoding) func(string) string {
		return func(s string) string { return encoded(t, s, e) }
	}
	long := strings.Repeat("Großer ", 20)
	for name, tc := range map[string]struct {
		wrap   func(string) string
		titles []string
		want   []string
	}{
		"UTF-8":                                  {plain, []string{"SUMMARY:São Paulo - Race", "SUMMARY:Spa–Francorchamps - Race"}, []string{"São Paulo", "Spa–Francorchamps"}},
		"a dash of Windows in UTF-8":             {plain, []string{"SUMMARY:São Paulo \x96 Race", "SUMMARY:Nürburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"an entry of Latin-1 in UTF-8":           {plain, []string{"SUMMARY:S\xe3o Paulo - Race", "SUMMARY:Nürburgring - Race", "SUMMARY:Österreich - Race"}, []string{"São Paulo", "Nürburgring", "Österreich"}},
		"a letter that was cut":                  {plain, []string{"SUMMARY:S\xe2\x80 Paulo - Race", "SUMMARY:Nürburgring - Race", "SUMMARY:Österreich - Race"}, []string{"S\ufffd Paulo", "Nürburgring", "Österreich"}},
		"a stray byte in a description":          {plain, []string{"DESCRIPTION:\xff\r\nSUMMARY:São Paulo - Race", "SUMMARY:Nürburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"folds within letters":                   {plain, []string{"SUMMARY:S\xc3\r\n \xa3o Paulo - Race", "SUMMARY:N\xc3\n\t\xbcrburgring - Race", "SUMMARY:\xf0\x9f\r\n \x8f\r\n \x81 Moor - Race"}, []string{"São Paulo", "Nürburgring", "🏁 Moor"}},
		"folds within letters, without a blank":  {plain, []string{"SUMMARY:S\xc3\r\n\xa3o Paulo - Race", "SUMMARY:N\xc3\n\xbcrburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"folds within letters, and a stray byte": {plain, []string{"SUMMARY:S\xc3\r\n \xa3o Paulo \x96 Race", "SUMMARY:N\xc3\n \xbcrburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"Latin-1":                                {as(charmap.ISO8859_1), []string{"SUMMARY:São Paulo - Race", "SUMMARY:Nürburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"Windows-1252":                           {as(charmap.Windows1252), []string{"SUMMARY:São Paulo – Race", "SUMMARY:L’Anneau - Race"}, []string{"São Paulo", "L’Anneau"}},
		"Latin-1 that looks like UTF-8 once":     {plain, []string{"SUMMARY:S\xe3o Paulo - Race", "SUMMARY:N\xfcrburgring - Race", "SUMMARY:Gro\xdf\xc3\xa9 - Race"}, []string{"São Paulo", "Nürburgring", "GroßÃ©"}},
		"undeclared Cyrillic":                    {as(charmap.Windows1251), []string{"SUMMARY:Гонка в Сочи - Race", "SUMMARY:Большой приз Москвы - Race"}, []string{"Гонка в Сочи", "Большой приз Москвы"}},
		"UTF-16":                                 {as(unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), []string{"SUMMARY:São Paulo - Race"}, []string{"São Paulo"}},
		"UTF-32":                                 {as(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)), []string{"SUMMARY:São Paulo - Race"}, []string{"São Paulo"}},
		"packed twice":                           {func(s string) string { return packed(packed(s)) }, []string{"SUMMARY:São Paulo - Race"}, []string{"São Paulo"}},
		"quoted-printable":                       {plain, []string{"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:S=C3=A3o Paulo - Race", "SUMMARY;ENCODING=QUOTED-PRINTABLE:N=C3=BCrburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"quoted-printable of Latin-1":            {plain, []string{"SUMMARY;ENCODING=QUOTED-PRINTABLE:S=E3o Paulo - Race", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:N=FCrburgring - Race"}, []string{"São Paulo", "Nürburgring"}},
		"quoted-printable with stray bytes":      {plain, []string{"SUMMARY;ENCODING=QUOTED-PRINTABLE:S=C3=A3o Paulo =93R=94 =96 Race", "SUMMARY;ENCODING=QUOTED-PRINTABLE:N=C3=BCrburgring - Race", "SUMMARY:Österreich, Müllersberg - Race"}, []string{"São Paulo “R”", "Nürburgring", "Österreich, Müllersberg"}},
		"quoted-printable over several lines":    {plain, []string{"SUMMARY;ENCODING=QUOTED-PRINTABLE:S=C3=\r\n=A3o Pau=\r\nlo - Race"}, []string{"São Paulo"}},
		"malformed quoted-printable":             {plain, []string{"SUMMARY;ENCODING=QUOTED-PRINTABLE:100 % = all, =ZZ, S=C3=A3o - Race ="}, []string{"100 % = all, =ZZ, São"}},
		"a charset of its own":                   {plain, []string{"SUMMARY;CHARSET=windows-1251:" + encoded(t, "Гонка Сочи", charmap.Windows1251) + " - Race", "SUMMARY:Großer Preis - Race", "SUMMARY;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=D1=EE=F7=E8 - Race"}, []string{"Гонка Сочи", "Großer Preis", "Сочи"}},
		"a charset that is not the line's":       {plain, []string{"SUMMARY;CHARSET=ISO-8859-1:São Paulo - Race"}, []string{"São Paulo"}},
		"long":                                   {plain, []string{"SUMMARY:" + long + "Preis - Race\r\nX-A:\x96"}, []string{strings.TrimSpace(long) + " Preis"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, named(t, tc.wrap, tc.titles...))
		})
	}
}
