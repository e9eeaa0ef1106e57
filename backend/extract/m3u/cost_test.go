package m3u

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gridwall/internal/testcost"
)

func TestDefaultsForAllEntriesOfAListAreReadOnce(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	entries := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "#EXTVLCOPT:http-referrer=https://%d.test/\nhttps://a.test/b\n", i)
		}
		return b.String()
	}
	read := func(text string) func() {
		return func() {
			for _, match := range []*regexp.Regexp{nil, regexp.MustCompile("(?i)race")} {
				p := parser{lines: newLines(strings.NewReader(text)), match: match, base: &url.URL{Scheme: "https", Host: "x.test"}}
				if err := p.run(); err != nil {
					t.Error(err)
				}
			}
		}
	}
	const n, long = 2000, 60 << 10
	for name, c := range map[string]struct{ head, part string }{
		"headers":                       {"#EXTM3U ", `user-agent="a" `},
		"headers of one entry":          {"#EXTHTTP:", `{"a":"b"}`},
		"a group":                       {"#EXTM3U\n#EXTGRP:", "a "},
		"a group in parts":              {"#EXTM3U\n#EXTGRP:", "a;"},
		"a group with references in it": {"#EXTM3U\n#EXTGRP:", "a&amp;"},
	} {
		short, whole := read(c.head+c.part+"\n"+entries(n)), read(c.head+strings.Repeat(c.part, long/len(c.part))+"\n"+entries(n))
		fine := func(ratio float64, _ time.Duration) bool { return ratio <= 3 }
		if ratio, took := testcost.Growth(func(large bool) {
			if large {
				whole()
			} else {
				short()
			}
		}, fine); ratio > 3 {
			t.Errorf("%s of %d bytes: %v, %.1f times the cost of a short one", name, long, took, ratio)
		}
	}
}
