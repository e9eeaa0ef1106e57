package page

import (
	"gridwall/backend/weburl"
	"strings"
	"unicode/utf8"
)

// playerParameters follow an address in a player's parameters (flashvars, embed addresses), and never occur in a CDN's. After
// such an address, "&autostart=true" is not part of it.
var playerParameters = map[string]bool{
	"autostart": true, "autoplay": true, "auto_play": true, "poster": true, "image": true, "img": true, "thumb": true,
	"thumbnail": true, "width": true, "height": true, "skin": true, "controls": true, "controlbar": true, "title": true,
	"mute": true, "muted": true, "volume": true, "loop": true, "streamer": true, "provider": true, "stretching": true,
	"logo": true, "plugins": true, "allowfullscreen": true, "fullscreen": true, "preload": true, "aspectratio": true,
	"backcolor": true, "frontcolor": true, "bufferlength": true, "subtitles": true, "captions": true,
}

// maxParameter is longer than any of playerParameters with its "=".
const maxParameter = 20

// token finds the address in text without spaces or quotes that has a mark at hit. It returns the number of bytes used.
func (s *search) token(token string, hit int, m mark, quoted bool) (used int) {
	starts := webScheme.FindAllStringIndex(token[:hit], -1)
	encoded := -1
	if all := encodedScheme.FindAllStringIndex(token[:hit], -1); all != nil {
		encoded = all[len(all)-1][0]
	}
	// An address counts with its whole query if its path is that of a playlist.
	for _, at := range starts[:min(len(starts), maxStarts)] {
		if a := cutAddress(token[at[0]:], at[0] > 0 && token[at[0]-1] == '='); endsInMark(a) && (encoded < at[0] || encoded > at[0]+strings.IndexAny(a+"?", "?#")) {
			s.add(a)
			return at[0] + len(a)
		}
	}
	if encoded >= 0 {
		value := token[encoded:]
		if end := strings.IndexAny(value, "&;,"); end >= 0 {
			value = value[:end]
		}
		scheme := encodedScheme.FindString(value)
		layers := strings.Count(scheme, "25")
		if !strings.HasSuffix(scheme, "//") {
			layers /= 2 // both the colon and the slash have them
		}
		layers++
		s.encoded(value, layers)
		return encoded + len(value)
	}
	if len(starts) > 0 {
		at := starts[len(starts)-1][0]
		a := cutAddress(token[at:], at > 0 && token[at-1] == '=')
		// A page's own address may have a playlist's in a parameter: /watch?v=/live/w.m3u8.
		if eq := strings.LastIndexByte(token[:hit], '='); !m.query && eq > at && isRooted(token[eq+1:]) {
			s.relative(token[eq+1:], true)
			return len(token)
		}
		s.add(a)
		return at + len(a)
	}
	// A relative address starts after a character that cannot be part of one.
	path := hit
	if n := strings.IndexByte(token[:hit], '?'); n >= 0 && m.query {
		path = n
	}
	separators := "=(:&["
	if strings.Contains(strings.ToLower(token[:path]), "manifest(") {
		separators, path = "=:&[", strings.LastIndexByte(token[:path], '(')
	}
	start := strings.LastIndexAny(token[:path], separators) + 1
	if !strings.Contains(token[start:], "/") && !strings.Contains(strings.ToLower(token[start:]), "%2f") && !quoted && !isBareValue(token, start, hit+len(m.text)) {
		return len(token) // data.m3u8 in a script
	}
	s.relative(token[start:], start > 0 && token[start-1] == '=')
	return len(token)
}

// isBareValue reports whether an address without a '/' is an attribute's value without quotes: src=live.m3u8.
func isBareValue(token string, start, end int) bool {
	return start > 0 && token[start-1] == '=' && (end == len(token) || strings.IndexByte("?#&", token[end]) >= 0)
}

// relative handles an address without a scheme, which may be percent-encoded.
func (s *search) relative(a string, value bool) {
	if strings.HasPrefix(strings.ToLower(a), "%2f") || strings.HasPrefix(strings.ToLower(a), "%252f") {
		if end := strings.IndexByte(a, '&'); end >= 0 {
			a = a[:end]
		}
		s.encoded(a, 1+strings.Count(a[:5], "25"))
		return
	}
	s.add(cutAddress(a, value))
}

// encoded handles an address with this number of layers of percent-encoding.
func (s *search) encoded(value string, layers int) {
	for range min(layers, maxUnescape) {
		value = percentDecode(value)
	}
	value = unescape(value)
	if end := strings.IndexFunc(value, func(r rune) bool { return r < utf8.RuneSelf && isDelimiter(byte(r)) }); end >= 0 {
		value = value[:end]
	}
	s.add(cutAddress(value, false))
}

// add resolves the address a and adds it.
func (s *search) add(a string) {
	u, err := weburl.Resolve(s.base, a)
	if err != nil || a == "" || u.Hostname() == "" {
		return
	}
	if address := weburl.Text(u); !s.seen[address] {
		s.seen[address] = true
		s.out = append(s.out, address)
	}
}

// cutAddress removes text after an address that is not part of it. value is true for an address that is the value of a parameter.
func cutAddress(a string, value bool) string {
	depth := 0
	for n := 0; n < len(a); n++ {
		switch a[n] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				a = a[:n]
			}
		case ',', ';':
			if next := a[n+1 : min(len(a), n+1+len("https://"))]; strings.Contains(next, "://") && webScheme.MatchString(next) {
				a = a[:n]
			}
		case '&':
			if name, _, ok := strings.Cut(a[n+1:min(len(a), n+1+maxParameter)], "="); value && ok && playerParameters[strings.ToLower(name)] {
				a = a[:n]
			}
		}
	}
	if n := strings.LastIndexByte(a, '&'); value && n >= 0 && playerParameters[strings.ToLower(a[n+1:])] {
		a = a[:n]
	}
	return strings.TrimRight(a, ".,;:!]")
}

// endsInMark reports whether the path of an address is a playlist's.
func endsInMark(a string) bool {
	if end := strings.IndexAny(a, "?#"); end >= 0 {
		a = a[:end]
	}
	a = strings.ToLower(a)
	if strings.HasSuffix(a, "/manifest/hls") || strings.Contains(a, "/manifest(") && strings.Contains(a, "format=m3u8") {
		return true
	}
	n := strings.LastIndex(a, ".m3u8")
	return n >= 0 && (n+len(".m3u8") == len(a) || strings.IndexByte("/;:,&", a[n+len(".m3u8")]) >= 0)
}

// isRooted reports whether a value is an address from the root of a host.
func isRooted(value string) bool {
	return strings.HasPrefix(value, "/") || strings.HasPrefix(strings.ToLower(value), "%2f")
}

// isDelimiter reports whether a byte ends an address in text.
func isDelimiter(c byte) bool {
	return c <= ' ' || c == 0x7f || strings.IndexByte("\"'`<>\\{}|^", c) >= 0
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
}
