package page

import (
	"strings"
	"unicode/utf8"

	"gridwall/backend/weburl"
)

// playerParameters follow an address in a player's parameters (flashvars, embed addresses), and never occur in a CDN's
// address. So "&autostart=true" after an address is not part of it.
var playerParameters = map[string]bool{
	"autostart": true, "autoplay": true, "auto_play": true, "poster": true, "image": true, "img": true, "thumb": true,
	"thumbnail": true, "width": true, "height": true, "skin": true, "controls": true, "controlbar": true, "title": true,
	"mute": true, "muted": true, "volume": true, "loop": true, "streamer": true, "provider": true, "stretching": true,
	"logo": true, "plugins": true, "allowfullscreen": true, "fullscreen": true, "preload": true, "aspectratio": true,
	"backcolor": true, "frontcolor": true, "bufferlength": true, "subtitles": true, "captions": true,
}

// maxParameter is longer than any of playerParameters with its "=", in bytes.
const maxParameter = 20

// chunk adds the address in chunk, which contains no delimiter and has a mark at hit. It returns the number of bytes used.
func (s *search) chunk(chunk string, hit int, m mark, quoted bool) (used int) {
	starts := webScheme.FindAllStringIndex(chunk[:hit], -1)
	encoded := -1
	if all := encodedScheme.FindAllStringIndex(chunk[:hit], -1); all != nil {
		encoded = all[len(all)-1][0]
	}
	// An address counts with its whole query if its path is that of a playlist.
	for _, at := range starts[:min(len(starts), maxStarts)] {
		if a := cutAddress(chunk[at[0]:], at[0] > 0 && chunk[at[0]-1] == '='); endsInMark(a) && (encoded < at[0] || encoded > at[0]+strings.IndexAny(a+"?", "?#")) {
			s.add(a)
			return at[0] + len(a)
		}
	}
	if encoded >= 0 {
		value := chunk[encoded:]
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
		a := cutAddress(chunk[at:], at > 0 && chunk[at-1] == '=')
		// The address of a page may have that of a playlist in a parameter: /watch?v=/live/w.m3u8.
		if eq := strings.LastIndexByte(chunk[:hit], '='); !m.query && eq > at && isRooted(chunk[eq+1:]) {
			s.relative(chunk[eq+1:], true)
			return len(chunk)
		}
		s.add(a)
		return at + len(a)
	}
	// A relative address starts after a character that cannot be part of one.
	path := hit
	if n := strings.IndexByte(chunk[:hit], '?'); n >= 0 && m.query {
		path = n
	}
	separators := "=(:&["
	if strings.Contains(strings.ToLower(chunk[:path]), "manifest(") {
		separators, path = "=:&[", strings.LastIndexByte(chunk[:path], '(')
	}
	start := strings.LastIndexAny(chunk[:path], separators) + 1
	if !strings.Contains(chunk[start:], "/") && !strings.Contains(strings.ToLower(chunk[start:]), "%2f") && !quoted && !isBareValue(chunk, start, hit+len(m.text)) {
		return len(chunk) // data.m3u8 in a script
	}
	s.relative(chunk[start:], start > 0 && chunk[start-1] == '=')
	return len(chunk)
}

// isBareValue reports whether an address without a '/' is an unquoted value of an attribute: src=live.m3u8.
func isBareValue(chunk string, start, end int) bool {
	return start > 0 && chunk[start-1] == '=' && (end == len(chunk) || strings.IndexByte("?#&", chunk[end]) >= 0)
}

// relative adds an address without a scheme, which may be percent-encoded.
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

// encoded adds an address with this number of layers of percent-encoding.
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

// add adds the address a, resolved against the base.
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

// cutAddress removes text after an address that is not part of it. value is true if the address is the value of a parameter.
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

// isRooted reports whether a value is a path from the root of a host, which may be percent-encoded.
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
