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

// On a page with endless links, reading is bounded, and the streams found so far are returned.
func TestARunReadsAtMostAHundredPages(t *testing.T) {
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
	assert.Len(t, found, page.MaxPages-1, "the first page contains the links")
	assert.EqualValues(t, page.MaxPages, asked.Load())
}

func TestTheBytesOfARunAreLimited(t *testing.T) {
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
	assert.Len(t, found, total/pageSize, "the streams of the pages read so far are returned")
	assert.EqualValues(t, total/pageSize+1, asked.Load())
}

func TestAPageThatIsTooLargeGivesAClearError(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<html>", strings.Repeat("x", page.MaxPage))
	})
	_, _, err := extracted(t, h, "kind = 'page'\nurl = 'http://SITE/'\nallow_private = true\n")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "answered more than 8 MiB, which is not a web page")
}
