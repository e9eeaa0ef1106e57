package ics

import (
	"bytes"
	"encoding/hex"
	"iter"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"gridwall/backend/charset"
)

// contentLine is one property of a calendar (RFC 5545 section 3.1), unfolded.
type contentLine struct {
	name       string // upper case
	parameters map[string]string
	value      string
}

// dateProperties are the properties whose value is a time, which tells the value from a parameter with an unquoted colon.
var dateProperties = map[string]bool{"DTSTART": true, "DTEND": true, "RECURRENCE-ID": true, "EXDATE": true, "RDATE": true}

// unquote removes quotes and escapes from the value of a parameter.
var unquote = strings.NewReplacer(`"`, "", `\`, "")

// dateValue matches the start of the value of such a property: 20300524T150000, 2030-05-24.
var dateValue = regexp.MustCompile(`:[ \t]*"?\d{4}-?\d{2}-?\d{2}`)

// parseContentLine reads a line leniently: names in any case, blanks around the colon, parameters with unquoted or unclosed
// quotes. as decodes quoted-printable values. ok is false if the line is not a property.
func parseContentLine(line string, as textEncoding) (l contentLine, ok bool) {
	line = strings.TrimLeft(line, " \t")
	end := 0
	for end < len(line) && isNameByte(line[end]) {
		end++
	}
	name, rest := line[:end], strings.TrimLeft(line[end:], " \t")
	if name == "" || rest == "" || (rest[0] != ':' && rest[0] != ';') {
		return l, false
	}
	l.name = strings.ToUpper(name)
	colon := colonOf(l.name, rest)
	if colon < 0 {
		return l, false
	}
	l.value = rest[colon+1:]
	for _, part := range splitOutsideQuotes(rest[:colon], ';') {
		key, value, _ := strings.Cut(part, "=")
		if key = strings.ToUpper(strings.TrimSpace(key)); key == "" {
			continue
		}
		if l.parameters == nil {
			l.parameters = map[string]string{}
		}
		l.parameters[key] = strings.TrimSpace(unquote.Replace(value))
	}
	if strings.EqualFold(l.parameters["ENCODING"], "QUOTED-PRINTABLE") {
		l.value = oneLine.Replace(string(as.text(unquoted([]byte(l.value)), charset.Named(l.parameters["CHARSET"]))))
	}
	return l, true
}

// oneLine escapes the line breaks of a text as RFC 5545 does.
var oneLine = strings.NewReplacer("\r", "", "\n", `\n`)

// unquoted decodes quoted-printable (RFC 2045 section 6.7). Invalid sequences are kept.
func unquoted(value []byte) []byte {
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] == '=' && i+2 < len(value) {
			var b [1]byte
			if _, err := hex.Decode(b[:], value[i+1:i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, value[i])
	}
	return out
}

// declaredCharset returns the charset that a line of vCalendar 1.0 declares before its value; nil for none.
func declaredCharset(line []byte) encoding.Encoding {
	head, _, _ := bytes.Cut(line[:min(len(line), 200)], []byte(":"))
	if m := charsetParameter.FindSubmatch(head); m != nil {
		return charset.Named(string(m[1]))
	}
	return nil
}

var charsetParameter = regexp.MustCompile(`(?i);\s*CHARSET\s*=\s*"?([\w.:-]+)`)

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// colonOf returns the index of the colon before the value, or -1.
func colonOf(name, rest string) int {
	if dateProperties[name] {
		if at := dateValue.FindStringIndex(rest); at != nil {
			return at[0]
		}
	}
	quoted := false
	for i := range len(rest) {
		switch rest[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return i
			}
		}
	}
	return strings.IndexByte(rest, ':') // an unclosed quote
}

func splitOutsideQuotes(s string, separator byte) (parts []string) {
	quoted, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// logicalLine is an unfolded line.
type logicalLine struct {
	text []byte
	// number is that of its first line in the file, from 1; last is the length of its last line there, in bytes.
	number, last int
}

// endsWithDash matches a separator of title parts at the end of a line.
var endsWithDash = regexp.MustCompile(`[ \t](?:-|–|—|\|)$`)

// boundary matches lines that begin or end a component.
var boundary = regexp.MustCompile(`(?i)^\s*(?:BEGIN|END)\s*:\s*(V[A-Z]+|STANDARD|DAYLIGHT)\s*$`)

// logicalLines yields the unfolded lines of a calendar. Lines may end with CR, LF or both; blank lines and control characters
// are dropped.
func logicalLines(body []byte) iter.Seq[logicalLine] {
	return func(yield func(logicalLine) bool) { eachLogicalLine(body, yield) }
}

func eachLogicalLine(body []byte, yield func(logicalLine) bool) {
	var text []byte
	number, last := 0, 0
	flush := func() bool {
		ended := text
		text = nil
		return len(bytes.TrimSpace(ended)) == 0 || yield(logicalLine{ended, number, last})
	}
	indent := indentOf(body)
	for n := 1; len(body) > 0; n++ {
		line := body
		if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+lengthOfBreak(body[i:]):]
		} else {
			body = nil
		}
		line = dropControls(line)
		if indent > 0 && len(line) >= indent && len(bytes.TrimLeft(line[:indent], " \t")) == 0 {
			line = line[indent:]
		}
		soft := bytes.HasSuffix(text, []byte("=")) && quotedPrintable(text)
		switch {
		case len(line) == 0:
			continue
		case soft: // a soft line break of quoted-printable
			text = append(text[:len(text)-1], bytes.TrimLeft(line, " \t")...)
		case text != nil && (line[0] == ' ' || line[0] == '\t') && !boundary.Match(line):
			if len(line) > 1 && line[1] != ' ' && endsWithDash.Match(text[max(0, len(text)-4):]) { // folded at a blank, which was removed
				text = append(text, ' ')
			}
			text = append(text, line[1:]...)
		case line[0]&0xc0 == 0x80 && cutLetter(text): // folded within a letter, without the blank
			text = append(text, line...)
		default:
			if !flush() {
				return
			}
			text, number = append([]byte{}, line...), n
		}
		last = len(line)
	}
	flush()
}

// cutLetter reports whether a line ends within a UTF-8 sequence.
func cutLetter(line []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(line); n++ {
		if last := line[len(line)-n:]; utf8.RuneStart(last[0]) {
			return !utf8.FullRune(last)
		}
	}
	return false
}

// quotedPrintable reports whether a line declares that encoding, as lines of vCalendar 1.0 may.
func quotedPrintable(line []byte) bool {
	head, _, _ := bytes.Cut(line[:min(len(line), 100)], []byte(":"))
	return bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

// lengthOfBreak returns the length of the line break at the start of s.
func lengthOfBreak(s []byte) int {
	if len(s) > 1 && s[0] == '\r' && s[1] == '\n' {
		return 2
	}
	return 1
}

// dropControls returns a line without control characters other than tabs. It copies only if there are some.
func dropControls(line []byte) []byte {
	control := func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
	for i, c := range line {
		if control(c) {
			out := append([]byte{}, line[:i]...)
			for _, c := range line[i:] {
				if !control(c) {
					out = append(out, c)
				}
			}
			return out
		}
	}
	return line
}

// indented matches the blanks before the first component, for calendars that were pasted with an indent.
var indented = regexp.MustCompile(`(?i)(?:^|[\r\n])([ \t]*)BEGIN[ \t]*:[ \t]*VCALENDAR`)

func indentOf(body []byte) int {
	if m := indented.FindSubmatch(body); m != nil {
		return len(m[1])
	}
	return 0
}

// stripControls removes characters that would end or disguise a line: controls, and Unicode's line separators.
func stripControls(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff') {
			return -1
		}
		return r
	}, s)
}
