package guess

import (
	"fmt"
	"strings"
	"testing"

	"gridwall/backend/extract"
	"gridwall/internal/testcost"
)

// The answer of a pasted address is searched for playlists: each of these once used hundreds of times its length in memory.
func TestTheMemoryForPastedJSONIsBounded(t *testing.T) {
	objects := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"a%d":{"u":"https://a.test/x.m3u8"},`, i)
		}
		return "{" + strings.TrimSuffix(b.String(), ",") + "}"
	}
	for name, text := range map[string]string{
		"numbers in nested lists":     strings.Repeat("[", 60) + strings.Repeat("1,", 100_000) + "1" + strings.Repeat("]", 60),
		"feeds below a very long key": `{"` + strings.Repeat("x", 200<<10) + `":` + objects(100) + `}`,
		"feeds below many keys":       strings.Repeat(`{"k":`, 58) + objects(1000) + strings.Repeat("}", 58),
		"lists that are never closed": "x\n" + strings.Repeat("[1,\n", 50) + strings.Repeat("1,", 100_000),
	} {
		page := &extract.Page{Body: []byte(text)}
		took := testcost.Allocated(func() {
			if doc, err := page.JSONDocument(); err == nil {
				query(doc)
			}
		})
		if limit := uint64(len(text))*80 + 96<<20; took > limit {
			t.Errorf("%s: %d KB of memory for %d KB of text", name, took>>10, len(text)>>10)
		}
	}
}

// A very long text is not used as a title, and is not compared again for each stream below it.
func TestAVeryLongTextIsNotATitle(t *testing.T) {
	text := `{"title":"` + strings.Repeat("x", 2000) + `","name":"Race","list":["https://a.test/x.m3u8"]}`
	page := &extract.Page{Body: []byte(text)}
	doc, err := page.JSONDocument()
	if err != nil {
		t.Fatal(err)
	}
	if q := query(doc); !strings.Contains(q, "name") {
		t.Error(q)
	}
}
