package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

// Feeds with the same title, which differ only in path and parameters, both with tokens: each is matched, none is swapped.
func TestFeedsWithTheSameTitleAreMatchedWhateverTheirTokensLookLike(t *testing.T) {
	// %[1]s names the feed; %[2]d is a time, %[3]s a hash, %[4]d a small number, which all differ between runs.
	for name, form := range map[string]string{
		"hash and time apart":    "https://cdn.test/live22/%[3]s/998%[1]s/%[2]d/1.m3u8",
		"wsTime":                 "https://cdn.test/live/%[1]s.m3u8?wsSecret=%[3]s&wsTime=%[2]x&fm=QUJD&ctype=h&seqid=%[2]d456&u=%[4]d&t=%[4]d",
		"wsTime, one path":       "https://cdn.test/live.m3u8?feed=%[1]s&wsSecret=%[3]s&wsTime=%[2]x&seqid=%[2]d456&u=%[4]d&t=%[4]d",
		"cache buster, one path": "https://cdn.test/live.m3u8?feed=%[1]s&_=%[2]d123&sig=%[3]s",
		"pairs":                  "https://cdn.test/live/%[1]s/expires/%[2]d/sig/%[3]s/w.m3u8",
		"matrix":                 "https://cdn.test/live/%[1]s.m3u8;exp=%[2]d;hash=%[3]s",
		"an unknown parameter":   "https://cdn.test/live.m3u8?feed=%[1]s&zz=%[3]s&q=%[2]d",
		"an unknown element":     "https://cdn.test/%[3]s/live/%[1]s/w.m3u8",
		"two unknown elements":   "https://cdn.test/x%[3]s/live/%[1]s/%[3]sz/w.m3u8?y=%[3]s",
		"another edge each time": "https://edge%[4]d.test/%[3]s/live/%[1]s/w.m3u8",
	} {
		t.Run(name, func(t *testing.T) {
			found := func(run int) (out []extract.Found) {
				hashes := []string{"9e107d9d372bb6826bd81d3542a419d6", "5f4dcc3b5aa765d61d8327deb882cf99", "e4d909c290d0fb1ca068ffaddf22cbd0", "d41d8cd98f00b204e9800998ecf8427e"}
				for i := range 2 {
					n := i
					if run == 1 {
						n = 1 - i // and in another order
					}
					out = append(out, extract.Found{Title: "Live", URL: strings.Split(fmt.Sprintf(form, fmt.Sprint(n+1), 1893456000+run*1000+n*7, hashes[2*run+n], 3+run*10+n), "%!")[0]})
				}
				return out
			}
			var known []stream.Stream
			for _, f := range found(0) {
				known = append(known, stream.Stream{Title: f.Title, URL: f.URL})
			}
			assert.Equal(t, []int{1, 0}, extract.Match(known, found(1), tokens{}), known)
		})
	}
}

// If two feeds differ only in random-looking text, the matcher must not guess.
func TestFeedsThatDifferOnlyInRandomTextAreNotSwapped(t *testing.T) {
	known := []stream.Stream{{Title: "Live", URL: "https://cdn.test/9e107d9d372bb6826bd81d3542a419d6/w.m3u8"}, {Title: "Live", URL: "https://cdn.test/5f4dcc3b5aa765d61d8327deb882cf99/w.m3u8"}}
	fresh := []extract.Found{{Title: "Live", URL: "https://cdn.test/e4d909c290d0fb1ca068ffaddf22cbd0/w.m3u8"}, {Title: "Live", URL: "https://cdn.test/d41d8cd98f00b204e9800998ecf8427e/w.m3u8"}}
	assert.Equal(t, []int{-1, -1}, extract.Match(known, fresh, tokens{}))
	known[1].Title, fresh[0].Title = "Pit", "Onboard"
	fresh = append(fresh, extract.Found{Title: "Garage", URL: "https://cdn.test/x/w.m3u8"})
	assert.Equal(t, []int{-1, 0, -1}, extract.Match(known, fresh, tokens{}), "another title is another feed")
}
