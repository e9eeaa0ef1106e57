package hls

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// seed adds the golden playlists, the repaired ones, and short ones of the hostile kind; the committed corpus in testdata/fuzz holds what is small and odd.
func seed(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.m3u8")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden playlists", err)
	}
	for _, text := range hostile() {
		f.Add([]byte(text(64)))
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

// playersList reads attributes as hls.js does: a second opinion on where an address stands.
var playersList = regexp.MustCompile(`(.+?)=(".*?"|.*?)(?:,|$)`)

// quotedAround returns the quoted value in which the byte at i stands, and where it ends; 0: it stands in none.
func quotedAround(text string, i int) (value string, to int) {
	if strings.Count(text[:i], `"`)%2 == 0 {
		return "", 0
	}
	from := strings.LastIndexByte(text[:i], '"') + 1
	to = len(text)
	if k := strings.IndexByte(text[i:], '"'); k >= 0 {
		to = i + k
	}
	return text[from:to], to
}

// anyURL finds what is fetched, wherever it stands.
var anyURL = regexp.MustCompile(`(?i)https?://`)

var addressTags = []string{tagKey, tagMap, tagPart, tagHint, tagReport, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData, tagDateRange, tagSteering}

// leak finds an address in a rendered playlist that begins with none of ours; "" if there is none.
func leak(out []byte) string {
	ours := func(s string) bool {
		s = strings.Trim(strings.TrimSpace(s), `"`)
		return s == "" || isInline(s) || strings.HasPrefix(s, "ours-")
	}
	for _, text := range strings.FieldsFunc(strings.TrimPrefix(string(out), bom), func(c rune) bool { return c == '\n' || c == '\r' }) {
		text = strings.TrimLeft(text, " \t\v\f")
		if text == "" {
			continue
		}
		if text[0] == '#' {
			for _, x := range anyURL.FindAllStringIndex(text, -1) {
				if v, to := quotedAround(text, x[0]); to == 0 || !isInline(v) {
					return text
				}
			}
		}
		if text[0] != '#' {
			if !ours(text) {
				return text
			}
			continue
		}
		name, list, _ := strings.Cut(text, ":")
		if !slices.Contains(addressTags, name) {
			continue
		}
		if name == tagSteering {
			return text
		}
		for _, x := range playersList.FindAllStringSubmatch(list, -1) {
			key := strings.TrimSpace(x[1])
			if name == tagDateRange && strings.HasPrefix(key, "X-ASSET-") && isAddress(key) && !ours(x[2]) {
				return text
			}
			if name != tagDateRange && key == "URI" && !ours(x[2]) {
				return text
			}
		}
	}
	return ""
}

// FuzzUnrecognised looks for addresses in any line: what is found are spans in order, and outside of them there is none.
func FuzzUnrecognised(f *testing.F) {
	for _, s := range []string{"#EXT-X-PREFETCH:https://h/a", "# see https://h/a, or http://b.", `#EXT-X-A:B=//h/c,URI="d",X-URL=e,F="https://g h"`,
		`#EXT-X-A:URI="data:,http://h"`, "#EXTINF:1,HTTPS://h", `#EXT-X-A:"https://h"https://i`,
		`#EXT-X-A:URI="http://a",URI="http://b",`, `#EXT-X-A:http://a http://b `, `#EXT-X-A:"data:,//a//b`, `#EXT-X-A:X=//b,uri=c`} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, unknown bool) {
		end := 0
		var rest strings.Builder
		for _, x := range addresses(s, unknown) {
			if x.from < end || x.to <= x.from || x.to > len(s) {
				t.Fatalf("%q: %v overlaps what was found up to %d", s, x, end)
			}
			rest.WriteString(s[end:x.from] + "ours-x")
			end = x.to
		}
		rest.WriteString(s[end:])
		for _, x := range anyURL.FindAllStringIndex(rest.String(), -1) {
			if v, to := quotedAround(rest.String(), x[0]); to == 0 || !isInline(v) {
				t.Fatalf("%q leaks: %q", s, rest.String())
			}
		}
	})
}

// fixed gives every address one name, so that a second rendering can be compared with the first.
type fixed struct{}

func (fixed) Segment(dst []byte, _ int) []byte   { return append(dst, "ours-segment"...) }
func (fixed) Part(dst []byte, _, _ int) []byte   { return append(dst, "ours-part"...) }
func (fixed) Key(dst []byte, _ int) []byte       { return append(dst, "ours-key"...) }
func (fixed) Map(dst []byte, _ int) []byte       { return append(dst, "ours-map"...) }
func (fixed) Hint(dst []byte, _ int) []byte      { return append(dst, "ours-hint"...) }
func (fixed) Asset(dst []byte, _ int) []byte     { return append(dst, "ours-asset/"...) }
func (fixed) Rendition(dst []byte, _ int) []byte { return append(dst, "ours-rendition"...) }
func (fixed) Resource(dst []byte, _ int) []byte  { return append(dst, "ours-resource/"...) }
func (fixed) Report(dst []byte, _ int) ([]byte, int64, bool) {
	return append(dst, "ours-report"...), 0, true
}

func FuzzParseMedia(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := ParseMedia(body, testEnv)
		if err != nil {
			return
		}
		out := m.Render(nil, fixed{}, Shift{})
		if l := leak(out); l != "" {
			t.Fatalf("leaks %q", l)
		}
		for _, s := range []Shift{{MSN: 5, Discontinuity: 1, Breaks: []int{0, 1, len(m.Segments)}}, {MSN: -1 << 62}} {
			if l := leak(m.Render(nil, fixed{}, s)); l != "" {
				t.Fatalf("leaks %q when shifted", l)
			}
		}
		everyUse(t, m)
		if bytes.Contains(body, []byte("{$")) {
			return // a substituted value may read as another reference
		}
		again, err := ParseMedia(out, testEnv)
		if err != nil {
			t.Fatalf("rendered, it does not parse: %v\n%q", err, out)
		}
		if len(again.Segments) != len(m.Segments) || len(again.Open) != len(m.Open) || again.MSN != m.MSN {
			t.Fatalf("rendered, it says something else: %q", out)
		}
		twice := again.Render(nil, fixed{}, Shift{})
		if !slices.ContainsFunc(m.Assets, func(r Resource) bool { return r.Tag == UnrecognisedTag }) {
			if !bytes.Equal(out, twice) {
				t.Fatalf("rendered twice, it changes:\n%q\n%q", out, twice)
			}
			return
		}
		// Such a malformed line may be parsed differently once an address in it changes its length. Rendering it again
		// becomes stable, and does not change the other lines.
		if a, b := without(out, "ours-asset"), without(twice, "ours-asset"); a != b {
			t.Fatalf("rendered twice, its other lines change:\n%q\n%q", a, b)
		}
		last, err := ParseMedia(twice, testEnv)
		if err != nil {
			t.Fatalf("rendered twice, it does not parse: %v\n%q", err, twice)
		}
		if thrice := last.Render(nil, fixed{}, Shift{}); !bytes.Equal(twice, thrice) {
			t.Fatalf("rendered three times, it changes still:\n%q\n%q", twice, thrice)
		}
	})
}

// everyUse does what else the proxy does with a playlist: nothing leaks, and nothing panics.
func everyUse(t *testing.T, m *Media) {
	retained := Retained{Segments: 2, Discontinuities: 1, Text: []byte("#EXTINF:1,\nours-1\n#EXT-X-DISCONTINUITY\n#EXTINF:1,\nours-2\n")}
	for _, s := range []Shift{{}, {MSN: 5}, {Retained: retained}, {MSN: 5, Breaks: []int{0}, Retained: retained}} {
		if l := leak(m.Render(nil, fixed{}, s)); l != "" {
			t.Fatalf("leaks %q", l)
		}
		excerpt := m.SegmentTexts(fixed{}, s)
		for i := range m.Segments {
			x := excerpt(i)
			if l := leak([]byte(x.Keys + x.MapKeys + x.Map + x.Lines)); l != "" {
				t.Fatalf("leaks %q", l)
			}
			keys, maps := m.Governing(i)
			for _, k := range keys {
				_ = m.Keys[k]
			}
			for _, k := range maps {
				_ = m.Maps[k]
			}
			if len(keys) > 0 && !m.Encrypted(i) && m.mapOf(i) == nil {
				t.Fatal("keys govern what is not encrypted")
			}
		}
		delta := *m
		delta.CanSkipUntil = 1
		if k := delta.Skippable(); k > 0 {
			if l := leak(delta.RenderDelta(nil, fixed{}, s, k)); l != "" {
				t.Fatalf("leaks %q in a delta update", l)
			}
		}
	}
}

// without returns the lines of a playlist that do not hold a text. A line may end with CR alone.
func without(playlist []byte, text string) string {
	lines := strings.FieldsFunc(string(playlist), func(r rune) bool { return r == '\r' || r == '\n' })
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, text) }), "\n")
}

func FuzzParseMultivariant(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := ParseMultivariant(body, testEnv)
		if err != nil {
			return
		}
		out := m.Render(nil, fixed{})
		if l := leak(out); l != "" {
			t.Fatalf("leaks %q", l)
		}
		if bytes.Contains(body, []byte("{$")) {
			return
		}
		// Without any rendition or session tag left, what is rendered may be a media playlist by its looks.
		again, err := ParseMultivariant(out, testEnv)
		if err != nil {
			return
		}
		twice := again.Render(nil, fixed{})
		if !slices.ContainsFunc(m.Resources, func(r Resource) bool { return r.Tag == UnrecognisedTag }) {
			if !bytes.Equal(out, twice) {
				t.Fatalf("rendered twice, it changes:\n%q\n%q", out, twice)
			}
			return
		}
		// As for a media playlist: rendering a malformed line becomes stable, and does not change the others.
		if a, b := without(out, "ours-resource"), without(twice, "ours-resource"); a != b {
			t.Fatalf("rendered twice, its other lines change:\n%q\n%q", a, b)
		}
		if last, err := ParseMultivariant(twice, testEnv); err == nil {
			if thrice := last.Render(nil, fixed{}); !bytes.Equal(twice, thrice) {
				t.Fatalf("rendered three times, it changes still:\n%q\n%q", twice, thrice)
			}
		}
	})
}

func FuzzAttributes(f *testing.F) {
	for _, s := range []string{`A=1,B="x, y"`, `URI=https://h/a,b?c=1,B=3`, `A="open`, `A="x"rest,B=1`, `,,A=,=,"`, `A = "b" , C`, `URI='a, b',B='c'`, `A=1 URI="b" C=2`, `uri="k"`, `A='x'rest`,
		`X URI="a"`, `"URI="a"`, `URI=a b,C=1`, `1@`, `10 @ 5`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list := attributes{text: s, end: len(s)}
		end := 0
		for x := (attribute{}); list.next(&x); {
			if x.begin < end || x.from < x.begin || x.to < x.from || x.to > len(s) || x.to <= end && end > 0 {
				t.Fatalf("%q: %+v overlaps what was read up to %d", s, x, end)
			}
			if !strings.Contains(s[x.from:x.to], x.value) {
				t.Fatalf("%q: value %q is not in %q", s, x.value, s[x.from:x.to])
			}
			end = x.to
		}
		if r, n := byteRange(s); n > len(s) || n > 0 && (r.Length < 0 || r.Offset < -1) {
			t.Fatalf("%q: %+v of %d bytes", s, r, n)
		}
		if d := seconds(s); d < 0 {
			t.Fatalf("%q lasts %v", s, d)
		}
		if w, h := resolution(s); w < 0 || h < 0 {
			t.Fatalf("%q is %d by %d", s, w, h)
		}
	})
}
