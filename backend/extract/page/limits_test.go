package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract/page"
)

const twoSteps = "kind = 'page'\nurl = 'http://SITE/'\nallow_private = true\n[[follow]]\nselect = 'a'\n"

// A page of links without end: what is read is bounded, and what was read is not thrown away.
func TestARunReadsAHundredPagesAndNoMore(t *testing.T) {
	var asked atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, "<html>")
		if r.URL.Path == "/" {
			for n := range 1000 {
				fmt.Fprintf(w, `<a href="/%d">Feed</a>`, n)
			}
			return
		}
		fmt.Fprintf(w, `"https://cdn.test%s.m3u8"`, r.URL.Path)
	})
	found, _, err := extracted(t, h, twoSteps)
	require.NoError(t, err)
	assert.Len(t, found, page.MaxPages-1, "the first page holds the links")
	assert.EqualValues(t, page.MaxPages, asked.Load())
}

func TestARunReadsSoManyBytesAndNoMore(t *testing.T) {
	const pageSize, total = 64 << 10, 1 << 20
	t.Cleanup(page.SetMaxTotal(total))
	filler := strings.Repeat("x", pageSize)
	var asked atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/" {
			for n := range page.MaxPages / 2 {
				fmt.Fprintf(w, `<a href="/%d">Feed</a>`, n)
			}
			return
		}
		fmt.Fprintf(w, `<p>"https://cdn.test%s.m3u8"</p>%s`, r.URL.Path, filler)
	})
	found, _, err := extracted(t, h, twoSteps)
	require.NoError(t, err)
	assert.Len(t, found, total/pageSize, "what was read is not thrown away")
	assert.EqualValues(t, total/pageSize+1, asked.Load())
}

func TestAPageThatIsTooGreatIsOneClearLine(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<html>", strings.Repeat("x", page.MaxPage))
	})
	_, _, err := extracted(t, h, "kind = 'page'\nurl = 'http://SITE/'\nallow_private = true\n")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "answered more than 8 MiB, which is not a web page")
}
