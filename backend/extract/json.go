package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"gridwall/backend/stream"
)

// ErrManyValues is returned for an answer with several JSON values on one line.
var ErrManyValues = errors.New("more than one JSON value")

var (
	// guard matches comments, and prefixes by which sites prevent other pages from running their JSON as a script.
	guard = regexp.MustCompile(`^(?:\s+|;|\)\]\}'?,?|for\s*\(\s*;\s*;\s*\)\s*;?|while\s*\(\s*(?:1|true|!0)\s*\)\s*;?|throw\s+[^;{\[\n]{0,80};?(?:\s*<[^>\n]{0,80}>)?|\{\}\s*&&|0\s*&&|&&&START&&&|/\*-secure-|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*\n|<!--)+`)
	// call matches the beginning of a script that passes JSON to a function, or to a variable: cb({…}); cb("id", {…}); var x = {…}; ({…})
	call = regexp.MustCompile(`^(?:[\w$.\[\]"'\s=&|!?;,]{0,300}?[(=][\s(]*(?:(?:[\w.-]{1,40}|"[^"\n]{0,100}"|'[^'\n]{0,100}')\s*,\s*){0,3}|\s*export\s+default\s*)$`)
	// after matches what may follow such JSON.
	after = regexp.MustCompile(`^(?:\s*,\s*(?:"[^"\n]{0,100}"|'[^'\n]{0,100}'|[\w.]{1,40})\s*\))?[\s);,]*(?:-->|\*/|&&&END&&&|//[^\n]*|(?:<!--[^\n]{0,300}-->\s*)+)?[\s;]*$`)
)

// JSONDocument reads the page as one JSON value; numbers keep their digits. Many sites wrap their answers: guards against
// foreign scripts, callbacks (JSONP), comments and byte order marks are removed, values on separate lines (NDJSON) become
// a list, and NaN, trailing commas and comments are accepted. The error refers to the original answer; ErrManyValues means
// several values on one line.
func (p *Page) JSONDocument() (any, error) {
	text, err := p.Text()
	if err != nil {
		return nil, err
	}
	values, err := JSONValues(text)
	if err != nil {
		if values = insideOther(text); len(values) == 0 {
			return nil, err
		}
	}
	// There may be a million values: use one decoder for all.
	var joined []byte
	for _, v := range values {
		joined = append(append(joined, v...), '\n')
	}
	dec := json.NewDecoder(bytes.NewReader(joined))
	dec.UseNumber()
	docs := make([]any, len(values))
	for i := range docs {
		if err := dec.Decode(&docs[i]); err != nil {
			return nil, err
		}
	}
	switch len(docs) {
	case 0:
		return nil, io.EOF
	case 1:
		return unquoteJSON(docs[0]), nil
	}
	if !onePerLine(text, values) {
		return nil, ErrManyValues
	}
	return docs, nil
}

// JSONValues returns the JSON values in text, in order, without their wrapping; see Page.JSONDocument. The error refers
// to the original text.
func JSONValues(text []byte) ([]json.RawMessage, error) {
	text = bytes.Trim(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), "\x00")
	if bytes.IndexByte(text, recordSeparator) >= 0 {
		text = bytes.ReplaceAll(text, []byte{recordSeparator}, []byte("\n"))
	}
	values, err := plainValues(text)
	if err == nil {
		return values, nil
	}
	inner := text
	if unwrapped, ok := unwrap(text); ok {
		if values, err := plainValues(unwrapped); err == nil {
			return values, nil
		}
		inner = unwrapped
	}
	if repaired := RepairJSON(inner); !bytes.Equal(repaired, inner) {
		if values, err := plainValues(repaired); err == nil {
			return values, nil
		}
	}
	return nil, err
}

// recordSeparator precedes each value of a JSON text sequence (RFC 7464 section 2.2).
const recordSeparator = 0x1e

// plainValues reads text that consists of JSON values only.
func plainValues(text []byte) (out []json.RawMessage, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		var v json.RawMessage
		if err := dec.Decode(&v); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// unwrap removes a guard, a call or a comment around JSON; ok is false if there is none.
func unwrap(text []byte) (inner []byte, ok bool) {
	begin := len(guard.Find(text))
	ok = begin > 0
	if rest := text[begin:]; len(rest) > 0 && rest[0] != '{' && rest[0] != '[' {
		n := callEnd(rest[:min(len(rest), maxCall)])
		if n < 0 {
			return text, false
		}
		begin += n
		ok = true
	}
	// The values end where the rest belongs to the wrapping.
	end := bytes.LastIndexAny(text, "}]") + 1
	if end <= begin || !after.Match(text[end:]) {
		return text, false
	}
	return text[begin:end], ok || bytes.HasPrefix(bytes.TrimSpace(text[end:]), []byte("<!--"))
}

// maxCall bounds the part of a script before the JSON that it passes on, in bytes.
const maxCall = 400

// callEnd returns where the JSON begins in a script that passes JSON on; -1 if there is none.
func callEnd(head []byte) int {
	for n, c := range head {
		if (c == '{' || c == '[') && call.Match(head[:n]) {
			return n
		}
	}
	return -1
}

// onePerLine reports whether each of the values begins a line.
func onePerLine(text []byte, values []json.RawMessage) bool {
	at := 0
	for i, v := range values {
		n := bytes.Index(text[at:], v)
		if n < 0 {
			return true // it was repaired, so its lines are lost
		}
		if i > 0 && !bytes.ContainsAny(text[at:at+n], "\r\n") {
			return false
		}
		at += n + len(v)
	}
	return true
}

// RepairJSON rewrites the literals of scripts and other languages as JSON: NaN, Infinity, undefined and None become null,
// commas before a closing bracket and comments are dropped, names and strings get JSON's quotes, and control characters
// and foreign escapes in strings are escaped as in JSON.
func RepairJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	open := 0 // no string in single quotes ends before this position
	for n := 0; n < len(text); {
		c := text[n]
		switch {
		case c == '"':
			out, n = repairString(out, text, n)
		case c == '\'' && n >= open:
			if end, ok := closes(text[n+1:]); !ok {
				open = n + 1 + end
				out = append(out, c)
				n++
			} else {
				out, n = repairString(out, text, n)
			}
		case c == ',':
			if next := skipSpace(text, n+1); next < len(text) && (text[next] == ']' || text[next] == '}') {
				n = next
				continue
			}
			out = append(out, c)
			n++
		case c == '/' && n+1 < len(text) && (text[n+1] == '/' || text[n+1] == '*'):
			n = max(skipSpace(text, n), n+1)
			out = append(out, ' ')
		case c == '-' && bytes.HasPrefix(text[n+1:], []byte("Infinity")):
			out = append(out, "null"...)
			n += len("-Infinity")
		case c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z':
			out, n = repairWord(out, text, n)
		case isWordByte(c): // a number: its letters do not form a word
			for ; n < len(text) && (isWordByte(text[n]) || text[n] == '.'); n++ {
				out = append(out, text[n])
			}
		default:
			out = append(out, c)
			n++
		}
	}
	return out
}

// closes reports whether a string in single quotes ends on its line, and returns how far it searched.
func closes(rest []byte) (n int, ok bool) {
	for n = 0; n < len(rest) && n < maxQuoted && rest[n] != '\n'; n++ {
		switch rest[n] {
		case '\\':
			n++
		case '\'':
			return n, true
		}
	}
	return n, false
}

// maxQuoted bounds a string in single quotes, in bytes.
const maxQuoted = 64 << 10

// repairString copies the string at n, and returns the index after it.
func repairString(out, text []byte, n int) ([]byte, int) {
	quote := text[n]
	out = append(out, '"')
	for n++; n < len(text); n++ {
		c := text[n]
		switch {
		case c == quote:
			return append(out, '"'), n + 1
		case c == '"':
			out = append(out, '\\', '"')
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		case c == '\\' && n+1 < len(text):
			n++
			switch e := text[n]; {
			case e == 'x' && n+2 < len(text):
				out = append(append(out, `\u00`...), text[n+1], text[n+2])
				n += 2
			case strings.IndexByte(`"\/bfnrtu`, e) >= 0:
				out = append(out, '\\', e)
			default:
				out = append(out, e)
			}
		default:
			out = append(out, c)
		}
	}
	return out, n
}

// skipSpace returns the position after the white space and comments at n.
func skipSpace(text []byte, n int) int {
	for n < len(text) {
		rest := text[n:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			n++
		case bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				return len(text)
			}
			n += end
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				return len(text)
			}
			n += end + 4
		default:
			return n
		}
	}
	return n
}

// JSONError returns the error to show for err of JSONDocument. It quotes nothing of the answer.
func (p *Page) JSONError(err error) error {
	var syntax *json.SyntaxError
	var mine *FetchError
	switch {
	case errors.As(err, &mine):
		return err
	case IsMarkup(p.Body):
		return p.MarkupError("JSON")
	case errors.Is(err, io.EOF):
		return p.WrongError("answered nothing where JSON was expected")
	case errors.Is(err, ErrManyValues):
		return p.WrongError("answered more than one JSON value")
	case errors.As(err, &syntax):
		return p.WrongError(fmt.Sprintf("did not answer with JSON: %v at byte %d", err, syntax.Offset))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return p.WrongError("answered JSON that ends too early")
	}
	return p.WrongError("did not answer with JSON: " + stream.RedactText(err.Error()))
}
