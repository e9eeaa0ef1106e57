package command

import (
	"fmt"
	"strings"
	"testing"

	"gridwall/backend/source"
	"gridwall/internal/testcost"
)

// listed returns n items separated by commas; %d in item is replaced by its index.
func listed(item string, n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
	}
	return strings.Join(items, ",")
}

// A video's headers apply to all its formats: they must not be copied for each format.
func TestTheHeadersOfAVideoAreReadOnceForAllOfItsFormats(t *testing.T) {
	out := []byte(`{"title":"a","http_headers":{` + listed(`"X-%d":"v"`, 5000) + `},"formats":[` +
		listed(`{"protocol":"m3u8","url":"https://a.test/%d.m3u8"}`, 2000) + `]}`)
	var r reading
	var err error
	took := testcost.Allocated(func() { r, err = readYtDlp(out, source.Source{}) })
	if err != nil || len(r.found) != 2000 || len(r.found[0].Headers) == 0 {
		t.Fatal(len(r.found), err)
	}
	if took > 100*uint64(len(out)) {
		t.Errorf("%d KB of memory for %d KB of output", took>>10, len(out)>>10)
	}
}

// The list of names is searched once, not once for each alias.
func TestManyAliasesAreReadInLinearTime(t *testing.T) {
	read := func(n int) float64 {
		out := []byte(`{"streams":{` + listed(`"a%d-unfiltered":{"type":"hls","url":"https://a.test/%d","master":"https://a.test/m%d.m3u8"},"720p_%d":{"type":"hls","url":"https://a.test/q%d"}`, n) + `}}`)
		return testing.AllocsPerRun(1, func() {
			if r, err := readStreamlink(out, source.Source{}); err != nil || len(r.found) != n {
				t.Fatal(len(r.found), err)
			}
		})
	}
	if few, many := read(100), read(400); many > 6*few {
		t.Errorf("%.0f allocations for four times as many instead of %.0f", many, few)
	}
}
