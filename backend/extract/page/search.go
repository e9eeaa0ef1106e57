package page

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// maxAddress bounds one address, in bytes.
	maxAddress = 8 << 10
	// maxLayers bounds the encodings around an address: percent-encoded JSON in base64 in a packed script has three.
	maxLayers = 3
	// maxStarts bounds the addresses that are examined within one.
	maxStarts = 8
	// maxHits bounds the marks that are examined in a page, because a page may repeat one address endlessly.
	maxHits = 20_000
)

var (
	// webScheme matches the start of an absolute address; encodedScheme matches one that is percent-encoded, once or several
	// times, possibly after escaping for JSON.
	webScheme     = regexp.MustCompile(`(?i)https?://`)
	encodedScheme = regexp.MustCompile(`(?i)https?(?:(?::|%(?:25)*3a)(?:%(?:25)*5c)?%(?:25)*2f|%(?:25)*3a//)`)
	// base64Address matches base64 that is certainly of text: of "http…", "//…", `{"…`, or base64 of "http…". atob matches
	// literals that a script decodes.
	base64Address = regexp.MustCompile(`(?:aHR0c|Ly9|eyJ|YUhSMGN)[A-Za-z0-9+/_-]{12,}`)
	atob          = regexp.MustCompile(`atob\s*\(\s*["']([A-Za-z0-9+/=_-]{12,})["']`)
	// percentRun matches text in which every character is percent-encoded.
	percentRun = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2}){16,}`)
	// rot13Address matches an address in ROT13.
	rot13Address = regexp.MustCompile("uggcf?://[^\\s\"'`<>\\\\]+")
	// typed match an address in a script next to the type of HLS.
	typed = []*regexp.Regexp{
		regexp.MustCompile(`(?i)["']?\b(?:src|file|url|source|contenturl)["']?\s*[:=]\s*["']([^"'\s<>]+)["']\s*,\s*["']?(?:type|encodingformat)["']?\s*[:=]\s*["'](?:application/(?:x-mpegurl|vnd\.apple\.mpegurl)|hls|m3u8)["']`),
		regexp.MustCompile(`(?i)["']?\b(?:type|encodingformat)["']?\s*[:=]\s*["'](?:application/(?:x-mpegurl|vnd\.apple\.mpegurl)|hls|m3u8)["']\s*,\s*["']?(?:src|file|url|source|contenturl)["']?\s*[:=]\s*["']([^"'\s<>]+)["']`),
	}
	// mpegURL matches the media type of a playlist.
	mpegURL = regexp.MustCompile(`(?i)^\s*(?:application|audio)/(?:x-mpegurl|vnd\.apple\.mpegurl)`)
)

// search finds addresses in a page's text that are certainly playlists: plain, percent-encoded in a player's address, in
// base64, and in packed scripts.
type search struct {
	base *url.URL
	out  []string
	seen map[string]bool
	// left is how many more bytes may be decoded.
	left int
	// hits counts the examined marks.
	hits int
	// packed is true if the page has packed scripts, or builds an address from parts that only a running script knows.
	packed bool
}

// playlists returns the addresses in text, in order; packed is true if it has packed scripts, or builds an address from
// parts that only a running script knows.
func playlists(text string, base *url.URL) (out []string, packed bool) {
	s := &search{base: base, seen: map[string]bool{}, left: len(text) + 1<<20}
	s.text(text, 0)
	return s.out, s.packed
}

func (s *search) text(text string, layer int) {
	if layer > maxLayers || len(s.out) >= maxMatches {
		return
	}
	built, rest, unknown := scriptConstants(text, s.base)
	s.packed = s.packed || unknown
	plain := unescape(rest)
	lower := lowerASCII(plain)
	s.marks(plain, lower)
	// Searching for a word is far cheaper than an expression that matches nothing.
	if containsAny(lower, "mpegurl", `"hls"`, "'hls'", `"m3u8"`, "'m3u8'") {
		for _, form := range typed {
			for _, m := range form.FindAllStringSubmatch(plain, maxMatches) {
				s.add(m[1])
			}
		}
	}
	if containsAny(plain, "uggc://", "uggcf://") {
		for _, m := range rot13Address.FindAllString(plain, maxMatches) {
			s.decoded(strings.Map(rot13, m), layer)
		}
	}
	for _, m := range percentRun.FindAllString(plain, maxMatches) {
		s.decoded(percentDecode(m), layer)
	}
	if containsAny(plain, "aHR0c", "Ly9", "eyJ", "YUhSMGN") {
		for _, m := range base64Address.FindAllString(plain, maxMatches) {
			s.base64(m, layer)
		}
	}
	for _, m := range atob.FindAllStringSubmatch(plain, maxMatches) {
		s.base64(m[1], layer)
	}
	for _, b := range built {
		s.decoded(b, layer)
	}
	scripts, any := unpack(text)
	s.packed = s.packed || any
	for _, script := range scripts {
		s.decoded(script, layer)
	}
}

func (s *search) base64(text string, layer int) {
	// A '/' may belong to the base64, or end a path element.
	element, _, _ := strings.Cut(text, "/")
	for _, t := range []string{text, element} {
		if plain, err := fromBase64(t); err == nil && utf8.ValidString(plain) {
			s.decoded(plain, layer)
			return
		}
	}
}

// decoded searches the result of decoding.
func (s *search) decoded(text string, layer int) {
	if s.left -= len(text); s.left >= 0 {
		s.text(text, layer+1)
	}
}

// mark is a text that identifies the address of a playlist: an extension of its path, or a parameter.
type mark struct {
	text string
	// query is true for a parameter that sets the format of the answer.
	query bool
}

var marks = []mark{{".m3u8", false}, {"=m3u8", true}, {"%3dm3u8", true}, {"/manifest/hls", false}, {"%2fmanifest%2fhls", false}}

// marks examines each occurrence of a mark in text. lower is text in lower case.
func (s *search) marks(text, lower string) {
	next := make([]int, len(marks)) // of each mark; -1 if there is none
	find := func(i, from int) {
		if next[i] = strings.Index(lower[from:], marks[i].text); next[i] >= 0 {
			next[i] += from
		}
	}
	for i := range marks {
		find(i, 0)
	}
	// No delimiter occurs before clear: do not scan that part again for each mark.
	clear := 0
	for floor := 0; len(s.out) < maxMatches && s.hits < maxHits; {
		first := -1
		for i, at := range next {
			if at >= 0 && (first < 0 || at < next[first]) {
				first = i
			}
		}
		if first < 0 {
			return
		}
		at := next[first]
		end := at + len(marks[first].text)
		if s.isMark(lower, marks[first], at, end) {
			s.hits++
			left, right := at, max(end, min(clear, at+maxAddress))
			for left > floor && at-left < maxAddress && !isDelimiter(text[left-1]) {
				left--
			}
			for right < len(text) && right-at < maxAddress && !isDelimiter(text[right]) {
				right++
			}
			clear = right
			quoted := left > 0 && (text[left-1] == '"' || text[left-1] == '\'' || text[left-1] == '`')
			if left > 0 && text[left-1] == '}' && text[left] == '/' {
				floor, s.packed = end, true // the end of an address whose host is a placeholder: https://{0}/w.m3u8
			} else {
				floor = max(left+s.chunk(text[left:right], at-left, marks[first], quoted), end)
			}
		}
		for i := range next {
			if next[i] >= 0 && next[i] < max(floor, end) {
				find(i, max(floor, end))
			}
		}
	}
}

// isMark reports whether an occurrence of a mark counts: it ends a path, or is the whole value of a parameter.
func (s *search) isMark(lower string, m mark, at, end int) bool {
	after := byte(0)
	if end < len(lower) {
		after = lower[end]
	}
	if m.query {
		rest := strings.TrimPrefix(lower[end:min(len(lower), end+8)], "-aapl")
		if rest != "" && isWordByte(rest[0]) {
			return false
		}
		for _, name := range []string{"format", "type", "ext"} {
			if strings.HasSuffix(lower[:at], name) {
				return true
			}
		}
		return false
	}
	switch after {
	case '-', '_', '*', '$', '\\':
		return false
	case '.':
		// list.m3u8.html is not a playlist; "see live.m3u8." is one.
		return end+1 == len(lower) || isDelimiter(lower[end+1])
	}
	if isWordByte(after) || after >= utf8.RuneSelf {
		return false
	}
	// There must be a name before it: ".m3u8" alone is a literal of a script.
	before := byte(0)
	if at > 0 {
		before = lower[at-1]
	}
	return isWordByte(before) || before >= utf8.RuneSelf || strings.IndexByte("_-)]}~%.*!,+@'/", before) >= 0 && before != '*' && (before != '/' || m.text != ".m3u8")
}

// rot13 rotates a letter by 13.
func rot13(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return 'a' + (r-'a'+13)%26
	case 'A' <= r && r <= 'Z':
		return 'A' + (r-'A'+13)%26
	}
	return r
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// lowerASCII returns s with ASCII letters in lower case. Unlike strings.ToLower, it keeps the index of each byte.
func lowerASCII(s string) string {
	b := []byte(s)
	for n, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[n] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// percentDecode removes one layer of percent-encoding; it keeps a '%' that starts no escape.
func percentDecode(s string) string {
	var b strings.Builder
	for n := 0; n < len(s); n++ {
		if s[n] == '%' && n+2 < len(s) {
			if c, err := url.PathUnescape(s[n : n+3]); err == nil {
				b.WriteString(c)
				n += 2
				continue
			}
		}
		b.WriteByte(s[n])
	}
	return b.String()
}
