package extract

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// plainTokens treats the parameters token and exp, and path elements that begin with "tok-", as tokens.
type plainTokens struct{}

func (plainTokens) Identity(rawURL string) (host, path, query string, ok bool) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return "", "", "", false
	}
	var els []string
	for _, el := range strings.Split(u.Path, "/") {
		if !strings.HasPrefix(el, "tok-") {
			els = append(els, el)
		}
	}
	var params []string
	for _, p := range strings.Split(u.RawQuery, "&") {
		if p != "" && !strings.HasPrefix(p, "token=") && !strings.HasPrefix(p, "exp=") {
			params = append(params, p)
		}
	}
	sort.Strings(params)
	return u.Host, strings.Join(els, "/"), strings.Join(params, "&"), true
}

func (p plainTokens) Likeness(rawURL string) (host, path, query string, ok bool) {
	return p.Identity(rawURL)
}

// listed returns one stream for each "title|quality|url"; https:// is prepended to the URL.
func listed(lines ...string) []Found {
	var out []Found
	for _, l := range lines {
		f := strings.SplitN(l, "|", 3)
		out = append(out, Found{Title: f[0], Quality: f[1], URL: "https://" + f[2]})
	}
	return out
}

func asKnown(fs []Found) []stream.Stream {
	out := make([]stream.Stream, len(fs))
	for i, f := range fs {
		out[i] = stream.Stream{ID: fmt.Sprint("id", i), Title: f.Title, Quality: f.Quality, URL: f.URL}
	}
	return out
}

func TestAViewerKeepsTheirStreamWhenTheListingChanges(t *testing.T) {
	for name, tc := range map[string]struct {
		known, fresh []string
		want         []int
	}{
		"nothing known":      {nil, []string{"A||h/a"}, []int{-1}},
		"nothing fresh":      {[]string{"A||h/a"}, nil, []int{}},
		"new tokens":         {[]string{"A||h/a?token=1", "B||h/b?token=1"}, []string{"B||h/b?token=2", "A||h/a?token=2"}, []int{1, 0}},
		"new tokens in path": {[]string{"X||h/tok-1/a", "X||h/tok-1/b"}, []string{"X||h/tok-2/b", "X||h/tok-2/a"}, []int{1, 0}},
		"changed paths":      {[]string{"A||h/a1", "B||h/b1", "C||h/c1"}, []string{"C||h/c2", "B||h/b2", "A||h/a2"}, []int{2, 1, 0}},
		"changed titles": {[]string{"10:00 A||h/a", "10:00 B||h/b", "C||h/c"}, []string{"C||h/c", "10:05 B||h/b", "10:05 A||h/a"},
			[]int{2, 1, 0}},
		"title in another case, spaces around": {[]string{"World Feed|1080P|h/a1", "B||h/b", "C||h/c"},
			[]string{" world feed |1080p|h/a2", "D||h/d", "B||h/b", "E||h/e"}, []int{0, -1, 1, -1}},
		"one title in several qualities": {[]string{"A|1080p|h/1", "A|720p|h/2"}, []string{"A|720p|h/3", "A|1080p|h/4"}, []int{1, 0}},
		"equal titles in another order":  {[]string{"Live||h/a", "Live||h/b", "Live||h/c"}, []string{"Live||h/c", "Live||h/a", "Live||h/b"}, []int{2, 0, 1}},
		"equal titles and a new one among them": {[]string{"Live||h/a", "Live||h/b"}, []string{"Live||h/n", "Live||h/b", "Live||h/m"},
			[]int{-1, 1, -1}},
		"no titles at all":                       {[]string{"||h/a", "||h/b", "||h/c"}, []string{"||h/c", "||h/n", "||h/a"}, []int{2, 1, 0}},
		"one without a title is not another one": {[]string{"||h/a", "B||h/b", "C||h/c"}, []string{"||h/n", "B||h/b", "D||h/d"}, []int{-1, 1, -1}},
		"a shared path, one of its two renamed": {[]string{"A||h/x", "B||h/x", "Z||h/z"}, []string{"A||h/x", "C||h/x", "Y||h/y", "W||h/w"},
			[]int{0, 1, -1, -1}},
		"the same on two hosts, one of its two renamed": {[]string{"A||h1/x", "B||h1/x", "C||h2/x", "Z||h/z"},
			[]string{"A||h1/x", "D||h1/x", "E||h2/x", "F||h3/x", "W||h/w"}, []int{0, 1, 2, -1, -1}},

		// The path overrules titles.
		"titles changed places":     {[]string{"Stream 1||h/a", "Stream 2||h/b"}, []string{"Stream 1||h/b", "Stream 2||h/a"}, []int{1, 0}},
		"titles rotated":            {[]string{"1||h/a", "2||h/b", "3||h/c"}, []string{"1||h/b", "2||h/c", "3||h/a"}, []int{1, 2, 0}},
		"titles moved up":           {[]string{"1||h/a", "2||h/b", "3||h/c"}, []string{"1||h/b", "2||h/c"}, []int{1, 2}},
		"titles moved down":         {[]string{"1||h/a", "2||h/b"}, []string{"1||h/n", "2||h/a", "3||h/b"}, []int{-1, 0, 1}},
		"a new stream took a title": {[]string{"A||h/a", "B||h/b"}, []string{"A||h/n", "New||h/a", "B||h/b"}, []int{-1, 0, 1}},
		"the title's stream is new": {[]string{"A||h/a", "B||h/b"}, []string{"A||h/b", "C||h/c", "D||h/d"}, []int{1, -1, -1}},
		"titles changed places on another host": {[]string{"1||e1/a", "2||e1/b"}, []string{"1||e2/b", "2||e2/a"},
			[]int{1, 0}},
		"titles moved up on another host": {[]string{"1||e1/a", "2||e1/b", "3||e1/c", "4||e1/d"}, []string{"1||e2/b", "2||e2/c", "3||e2/d"},
			[]int{1, 2, 3}},
		"titles moved up on another host, one was added": {[]string{"1||e1/a", "2||e1/b", "3||e1/c", "x||e1/x"},
			[]string{"1||e2/b", "2||e2/c", "3||e2/n", "y||e2/y"}, []int{1, 2, -1, -1}},
		"titles changed places, channels by query": {[]string{"1||h/play?ch=3&token=1", "2||h/play?ch=4&token=1"},
			[]string{"1||h/play?ch=4&token=2", "2||h/play?ch=3&token=2"}, []int{1, 0}},
		"hosts changed titles": {[]string{"1||e1/live", "2||e2/live"}, []string{"1||e2/live", "2||e1/live"}, []int{1, 0}},
		"a common path elsewhere does not overrule": {[]string{"A||h1/index.m3u8", "B||h1/b"},
			[]string{"A||h2/new.m3u8", "C||h3/index.m3u8", "B||h1/b"}, []int{0, -1, 1}},

		// The query.
		"channels by query": {[]string{"Live||h/play?ch=3&token=1", "Live||h/play?ch=4&token=1"},
			[]string{"Live||h/play?token=2&ch=4", "Live||h/play?token=2&ch=3"}, []int{1, 0}},
		"a second channel was added": {[]string{"Live||h/play?ch=3"}, []string{"Live||h/play?ch=4", "Live||h/play?ch=3"}, []int{-1, 0}},
		"a new channel does not replace the one that left": {[]string{"A||h/play?ch=3", "B||h/play?ch=4", "X||h/x"},
			[]string{"A||h/play?ch=3", "C||h/play?ch=5", "Y||h/y"}, []int{0, -1, -1}},
		"an unknown parameter where the path is enough": {[]string{"Live||h/a?s=1", "Live||h/b?s=1"},
			[]string{"Live||h/b?s=2", "Live||h/a?s=2"}, []int{1, 0}},
		"edges changed places under channels": {[]string{"A||h1/play?ch=3", "B||h2/play?ch=4"},
			[]string{"B||h1/play?ch=4", "A||h2/play?ch=3"}, []int{1, 0}},
		"edges changed places under channels, titles too": {[]string{"A||h1/play?ch=3", "B||h2/play?ch=4"},
			[]string{"C||h1/play?ch=4", "D||h2/play?ch=3"}, []int{1, 0}},

		// Another host.
		"one edge for another":         {[]string{"Live||e1/a", "Live||e1/b"}, []string{"Live||e9/b", "Live||e9/a"}, []int{1, 0}},
		"two edges changed places":     {[]string{"Live||e1/a", "Live||e2/b"}, []string{"Live||e1/b", "Live||e2/a"}, []int{1, 0}},
		"one path on two hosts":        {[]string{"Live||e1/live", "Live||e2/live"}, []string{"Live||e2/live", "Live||e1/live"}, []int{1, 0}},
		"one of two hosts was changed": {[]string{"Live||e1/live", "Live||e2/live"}, []string{"Live||e9/live", "Live||e1/live"}, []int{1, 0}},
		"one of two hosts was changed, others were added and removed": {[]string{"Live||e1/live", "Live||e2/live", "X||h/x"},
			[]string{"Live||e9/live", "Live||e1/live", "Y||h/y", "W||h/w"}, []int{1, 0, -1, -1}},
		"one edge for another, an unknown parameter": {[]string{"Live||e1/a?s=1", "Live||e1/b?s=1"},
			[]string{"Live||e9/b?s=2", "Live||e9/a?s=2"}, []int{1, 0}},
		"both hosts were changed": {[]string{"Live||e1/live", "Live||e2/live"}, []string{"Live||e3/live", "Live||e4/live"}, []int{-1, -1}},

		// The last stream left.
		"all changed, one left":      {[]string{"A||h/a", "B||h/b"}, []string{"A||h/a", "N||n/n"}, []int{0, 1}},
		"all changed, two added":     {[]string{"A||h/a", "B||h/b"}, []string{"A||h/a", "N||n/n", "M||n/m"}, []int{0, -1, -1}},
		"all changed, two removed":   {[]string{"A||h/a", "B||h/b", "C||h/c"}, []string{"A||h/a", "N||n/n"}, []int{0, -1}},
		"a single one":               {[]string{"A||h/a"}, []string{"N||n/n"}, []int{0}},
		"two of the same, ambiguous": {[]string{"A||h/a?token=1"}, []string{"A||h/a?token=2", "A||h/a?token=3"}, []int{-1, -1}},
		"two of the same on each side": {[]string{"A||h/a?token=1", "A||h/a?token=2", "B||h/b"},
			[]string{"A||h/a?token=3", "A||h/a?token=4", "B||h/b"}, []int{-1, -1, 2}},
		"a URL without a host": {[]string{"A||", "B||h/b"}, []string{"A||", "C||h/b"}, []int{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, Match(asKnown(listed(tc.known...)), listed(tc.fresh...), plainTokens{}))
		})
	}
}

func TestANewStreamDoesNotGetARetiredStreamsID(t *testing.T) {
	old := asKnown(listed("A||h/a"))
	assert.Equal(t, []int{-1}, matchRetired(old, listed("N||n/n"), plainTokens{}))
	assert.Equal(t, []int{0}, matchRetired(old, listed("N||e2/a"), plainTokens{}))
}

func TestTitlesThatDifferOnlyInCaseAreEqual(t *testing.T) {
	for _, pair := range [][2]string{{"Kelvin", "\u212Aelvin"}, {"straſe", "STRASE"}, {"ÀÉÎ", "àéî"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, {"ГОНКА", "гонка"}} {
		require.True(t, strings.EqualFold(pair[0], pair[1]))
		assert.Equal(t, fold(pair[0]), fold(pair[1]), pair)
	}
	assert.NotEqual(t, fold("Stream 1"), fold("Stream 2"))
}

// scenario returns a random listing made of a few words, so that all kinds of ambiguity occur, and a changed version of it.
func scenario(r *rand.Rand) (known []stream.Stream, fresh []Found) {
	one := func() Found {
		f := Found{URL: fmt.Sprintf("https://h%d/p%d", r.IntN(3), r.IntN(5))}
		if r.IntN(3) == 0 {
			f.URL += fmt.Sprintf("?ch=%d", r.IntN(3))
		}
		if r.IntN(4) > 0 {
			f.Title = fmt.Sprint("Stream ", r.IntN(5))
		}
		if r.IntN(4) == 0 {
			f.Quality = "720p"
		}
		return f
	}
	var before []Found
	for range r.IntN(7) {
		before = append(before, one())
	}
	fresh = append(fresh, before...)
	for i := range fresh {
		switch r.IntN(4) {
		case 0:
			fresh[i].Title = one().Title
		case 1:
			fresh[i].URL = one().URL
		}
	}
	for range r.IntN(3) {
		fresh = append(fresh, one())
	}
	if len(fresh) > 0 && r.IntN(3) == 0 {
		fresh = fresh[1:]
	}
	return asKnown(before), fresh
}

func withToken(rawURL string, n int) string {
	sep := "?"
	if strings.Contains(rawURL, "?") {
		sep = "&"
	}
	return strings.Replace(rawURL, "/p", fmt.Sprintf("/tok-%d/p", n), 1) + fmt.Sprintf("%stoken=%d&exp=%d", sep, n, n)
}

// checkMatch asserts the properties that hold for every listing.
func checkMatch(t *testing.T, r *rand.Rand, known []stream.Stream, fresh []Found) {
	t.Helper()
	got := Match(known, fresh, plainTokens{})
	require.Len(t, got, len(fresh))
	seen := map[int]bool{}
	for _, k := range got {
		if k >= 0 {
			require.Less(t, k, len(known))
			require.False(t, seen[k], "stream %d is matched twice", k)
			seen[k] = true
		}
	}
	// Neither the order of either side nor the tokens matter.
	kp, fp := r.Perm(len(known)), r.Perm(len(fresh))
	known2, fresh2 := make([]stream.Stream, len(known)), make([]Found, len(fresh))
	for to, from := range kp {
		known2[to] = known[from]
		known2[to].URL = withToken(known[from].URL, 1)
	}
	for to, from := range fp {
		fresh2[to] = fresh[from]
		fresh2[to].URL = withToken(fresh[from].URL, 2+to)
	}
	for to, k := range Match(known2, fresh2, plainTokens{}) {
		if k >= 0 {
			k = kp[k]
		}
		require.Equal(t, got[fp[to]], k, "known %+v fresh %+v", known, fresh)
	}
	// No known stream gets a feed whose address is that of exactly one other known stream.
	address := func(rawURL string) string { h, p, q, _ := plainTokens{}.Identity(rawURL); return h + p + "?" + q }
	knownAt, freshAt := map[string][]int{}, map[string]int{}
	for i, k := range known {
		knownAt[address(k.URL)] = append(knownAt[address(k.URL)], i)
	}
	for _, f := range fresh {
		freshAt[address(f.URL)]++
	}
	for i, f := range fresh {
		if at := knownAt[address(f.URL)]; len(at) == 1 && freshAt[address(f.URL)] == 1 {
			require.Equal(t, at[0], got[i], "swapped: known %+v fresh %+v", known, fresh)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(uint64(1), "Stream 1||h/a\nStream 2||h/b", "Stream 2||h/a\nStream 1||h/b")
	f.Add(uint64(2), "Live||h/play?ch=3&token=1\nLive||h/play?ch=4", "Live||e/play?ch=4\n||h/play?ch=3")
	f.Add(uint64(3), "A|720p|e1/x\n\u212A||::", "a|720P|e2/x\nk||%zz")
	f.Fuzz(func(t *testing.T, seed uint64, before, after string) {
		read := func(s string) []Found {
			var lines []string
			for _, l := range strings.Split(s, "\n") {
				if strings.Count(l, "|") >= 2 && !strings.Contains(l, "tok") && len(lines) < 50 {
					lines = append(lines, l)
				}
			}
			return listed(lines...)
		}
		known, fresh := asKnown(read(before)), read(after)
		got := Match(known, fresh, plainTokens{})
		seen := map[int]bool{}
		for _, k := range got {
			require.False(t, k >= 0 && seen[k])
			seen[k] = true
		}
		r := rand.New(rand.NewPCG(seed, 2))
		fp := r.Perm(len(fresh))
		shuffled := make([]Found, len(fresh))
		for to, from := range fp {
			shuffled[to] = fresh[from]
		}
		for to, k := range Match(known, shuffled, plainTokens{}) {
			require.Equal(t, got[fp[to]], k)
		}
	})
}

// BenchmarkMatch reconciles a listing with its renewal: half of the streams by title, a quarter by path, and a quarter by
// path on another edge. Goal: 10,000 streams in at most 50 ms, and 20,000 in at most 2.3 times that.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10_000, 20_000} {
		before, after := make([]Found, n), make([]Found, n)
		for i := range n {
			before[i] = Found{Title: fmt.Sprint("Feed ", i), Quality: "1080p", URL: fmt.Sprintf("https://e%d.cdn.test/live/feed%d/index.m3u8?token=%d&ch=%d", i%7, i, i, i%5)}
			j := (i*7919 + 13) % n
			after[j] = before[i]
			after[j].URL = fmt.Sprintf("https://e%d.cdn.test/live/feed%d/index.m3u8?token=%d&ch=%d", (i+i%4/3)%7, i, -i, i%5)
			if i%2 == 1 {
				after[j].Title = fmt.Sprint("Renamed ", i)
			}
		}
		known := asKnown(before)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			start := time.Now()
			for b.Loop() {
				for _, k := range Match(known, after, plainTokens{}) {
					if k < 0 {
						b.Fatal("a stream was lost")
					}
				}
			}
			b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N*n), "ns/stream")
		})
	}
}
