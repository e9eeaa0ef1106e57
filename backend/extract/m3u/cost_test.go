package m3u

import (
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// cpu is the processor time that do takes on this thread, apart from whatever else the machine does.
func cpu(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime()
	do()
	return threadTime() - before
}

// What stands once in a list and holds for all of its entries is read once, however long it is.
func TestWhatHoldsForAllEntriesOfAListIsReadOnce(t *testing.T) {
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
		"headers of its own":            {"#EXTHTTP:", `{"a":"b"}`},
		"a group":                       {"#EXTM3U\n#EXTGRP:", "a "},
		"a group in parts":              {"#EXTM3U\n#EXTGRP:", "a;"},
		"a group with references in it": {"#EXTM3U\n#EXTGRP:", "a&amp;"},
	} {
		few, many := time.Hour, time.Hour
		for range 5 {
			few = min(few, cpu(read(c.head+c.part+"\n"+entries(n))))
			many = min(many, cpu(read(c.head+strings.Repeat(c.part, long/len(c.part))+"\n"+entries(n))))
		}
		if many > 3*few {
			t.Errorf("%s of %d bytes: %v, and %v where it is short", name, long, many, few)
		}
	}
}
