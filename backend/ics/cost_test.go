package ics

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACalendarIsReadInTimeProportionalToItsLength(t *testing.T) {
	repeat := func(n int, part func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(part(i))
		}
		return b.String()
	}
	for name, body := range map[string]func(n int) string{
		"lines": func(n int) string { return vcalendar(repeat(n, func(int) string { return "x\r\n" }), raceEntry) },
		"folds": func(n int) string { return vcalendar("X-A:" + strings.Repeat("a\r\n ", n) + "\r\n" + raceEntry) },
		"parameters": func(n int) string {
			return vcalendar(vevent("DTSTART" + strings.Repeat(";A=\"", n) + ":20300524T130000Z"))
		},
		"titles": func(n int) string {
			return vcalendar(vevent("DTSTART:20300524T130000Z", "SUMMARY:"+strings.Repeat("a - Race ", n)))
		},
		"continued": func(n int) string {
			return vcalendar(vevent("SUMMARY:" + strings.Repeat("a", 80) + repeat(n, func(int) string { return "\r\n" + strings.Repeat("b", 80) })))
		},
		"methods": func(n int) string {
			return vcalendar(repeat(n/8, func(int) string { return "METHOD:PUBLISH\r\n" + vevent("DTSTART:x") }))
		},
		"zones": func(n int) string {
			return vcalendar(repeat(n, func(i int) string { return fmt.Sprintf("BEGIN:VTIMEZONE\r\nTZID:Z%d\r\nEND:VTIMEZONE\r\n", i) }), raceEntry)
		},
		"unknown zones": func(n int) string {
			return vcalendar(repeat(n/8, func(i int) string {
				return vevent(fmt.Sprintf("DTSTART;TZID=Z%d:20300524T130000", i), "SUMMARY:Moor - Race")
			}))
		},
		"alarms": func(n int) string {
			return vcalendar(vevent("DTSTART:20300524T130000Z", repeat(n, func(int) string { return "BEGIN:VALARM\r\nSUMMARY:x\r\nEND:VALARM\r\n" })))
		},
		"calendars": func(n int) string {
			return repeat(n/4, func(i int) string { return vcalendar("X-WR-TIMEZONE:Z\r\n") }) + raceEntry
		},
		"exceptions": func(n int) string {
			return vcalendar(vevent("UID:1", "DTSTART:20300524T130000Z", "RRULE:FREQ=DAILY", "SUMMARY:Moor - Race"), repeat(n/8, func(i int) string {
				return vevent("UID:1", fmt.Sprintf("RECURRENCE-ID;RANGE=THISANDFUTURE:203005%02dT%02d%02d00Z", i%28+1, i/28%24, i/672%60), "DTSTART:20300524T150000Z")
			}))
		},
		"dates": func(n int) string {
			return vcalendar(vevent("UID:1", "DTSTART:20300524T130000Z", "RDATE:"+strings.Repeat("20300524T130000Z,", n), "SUMMARY:Moor - Race"))
		},
		"weekends": func(n int) string {
			return vcalendar(repeat(n/8, func(i int) string {
				return vevent("UID:"+fmt.Sprint(i), "DTSTART:"+may2030.AddDate(0, 0, 7*(i%3000)-7*2500).Format("20060102T150405Z"), "SUMMARY:Moor - Race")
			}))
		},
		"one weekend": func(n int) string {
			return vcalendar(repeat(n/8, func(i int) string {
				return vevent("UID:"+fmt.Sprint(i), fmt.Sprintf("DTSTART:203005%02dT%02d%02d00Z", i%5+1, i/5%24, i/120%60), fmt.Sprintf("SUMMARY:Moor - Race %d", i))
			}))
		},
		"one UID": func(n int) string {
			return vcalendar(repeat(n/8, func(i int) string {
				return vevent("UID:1", "DTSTART:20300524T130000Z", fmt.Sprintf("SUMMARY:Moor %d - Race", i)) + vevent("UID:1", fmt.Sprintf("RECURRENCE-ID:2030%08d", i), "DTSTART:20300524T130000Z")
			}))
		},
		"one UID, counted": func(n int) string {
			return vcalendar(repeat(n/8, func(i int) string {
				return vevent("UID:1", fmt.Sprint("SEQUENCE:", i), fmt.Sprintf("DTSTART:203005%02dT130000Z", i%28+1), fmt.Sprintf("SUMMARY:Moor %d: Race - &amp; (Practice 1)", i))
			}))
		},
		"stray bytes": func(n int) string {
			return vcalendar(vevent("DTSTART:20300524T130000Z", "SUMMARY:Moor - Race", "X-A:"+strings.Repeat("\xff\xc3\r\n \xa3", n)))
		},
		"quoted-printable": func(n int) string {
			return vcalendar(vevent("DTSTART:20300524T130000Z", "SUMMARY;ENCODING=QUOTED-PRINTABLE:"+strings.Repeat("=C3=A3=\r\n", n)))
		},
		"zone dates": func(n int) string {
			return vcalendar("BEGIN:VTIMEZONE\r\nTZID:Track Time\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0100\r\nRDATE:"+strings.Repeat("20300524T130000,", n)+"\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n", vevent("DTSTART;TZID=Track Time:20300524T130000", "SUMMARY:Moor - Race"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				text := []byte(body(n))
				return testing.AllocsPerRun(1, func() { _, _ = parseICS(text, "cup", may2030) })
			}
			one, four := cost(400), cost(1600)
			assert.Less(t, four, 6*one+1000, "four times the text costs %.1f times as much", four/one)
		})
	}
}
