package token

import (
	"bytes"
	"strconv"
)

// jsonBytes reads the times of a JSON object: an expiry and a time of issue at its top level, under any name of the
// table, and a policy's DateLessThan at any depth.
func (r *reader) jsonBytes(b []byte, format string) {
	if !startsObject(b) {
		return
	}
	var ends, issued, lasts, deeper int64
	earlier := func(n int64) {
		if n != 0 && (ends == 0 || n < ends) {
			ends = n
		}
	}
	eachValue(b, func(depth int, parent, key, value []byte) {
		switch {
		case string(key) == "AWS:EpochTime" && string(parent) == "DateLessThan":
			earlier(unix(value))
			return
		case string(key) == "AWS:EpochTime" && string(parent) == "DateGreaterThan":
			issued = max(issued, unix(value))
			return
		case len(key) > longestName || len(value) > longestName:
			return
		case depth > 1:
			// Used if the top level has none: it can be the end of a session or a segment as well.
			if classOf(string(key)) == expiry && deeper == 0 {
				deeper = instant(string(value))
			}
			return
		}
		switch classOf(string(key)) {
		case expiry, endTime, windowEnd, shortEnd:
			n := instant(string(value))
			earlier(n)
			if n == 0 {
				lasts = max(lasts, seconds(string(value)))
			}
		case hexExpiry, anyExpiry:
			earlier(eitherUnix(string(value)))
		case issue, start:
			issued = max(issued, instant(string(value)))
		case life:
			lasts = max(lasts, seconds(string(value)))
		case lifeMin:
			lasts = max(lasts, 60*seconds(string(value)))
		}
	})
	if ends == 0 && issued != 0 && lasts != 0 {
		ends = issued + lasts
	}
	if ends == 0 {
		ends = deeper
	}
	r.found(ends, issued, format)
}

func startsObject(b []byte) bool {
	for _, c := range b {
		switch c {
		case ' ', '\t', '\r', '\n', '+':
		default:
			return c == '{' || c == '['
		}
	}
	return false
}

// maxDepth bounds the nesting that is followed; a policy has five levels.
const maxDepth = 12

// eachValue walks JSON (malformed text ends the walk, without an error) and visits each number and text that is a
// member of an object, with its depth, the key of the enclosing object, and its own key. Fractions are cut off.
func eachValue(b []byte, visit func(depth int, parent, key, value []byte)) {
	var keys [maxDepth + 1][]byte
	depth := 0
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return
			}
			keys[depth] = nil
			i++
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return
			}
			i++
		case c == '"':
			end := i + 1
			for end < len(b) && b[end] != '"' {
				if b[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(b) {
				return
			}
			text := b[i+1 : end]
			i = end + 1
			for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
				i++
			}
			if i < len(b) && b[i] == ':' {
				keys[depth] = text
				i++
			} else if depth > 0 && keys[depth] != nil {
				visit(depth, keys[depth-1], keys[depth], text)
			}
		case c >= '0' && c <= '9':
			end := i
			for end < len(b) && b[end] >= '0' && b[end] <= '9' {
				end++
			}
			from, whole := i, end
			for end < len(b) && (b[end] == '.' || b[end] == 'e' || b[end] == 'E' || b[end] == '+' || b[end] == '-' ||
				b[end] >= '0' && b[end] <= '9') {
				end++
			}
			if i = end; depth > 0 && keys[depth] != nil {
				visit(depth, keys[depth-1], keys[depth], wholeNumber(b[from:end], whole-from))
			}
		default:
			i++
		}
	}
}

// wholeNumber returns the integer part of a JSON number; whole is the number of digits before the fraction. Some
// programs write times as 1.893456e9.
func wholeNumber(b []byte, whole int) []byte {
	if len(b) <= longestName && bytes.ContainsAny(b, "eE") {
		if f, err := strconv.ParseFloat(string(b), 64); err == nil && f >= earliest && f < latest*1e6 {
			return strconv.AppendInt(nil, int64(f), 10)
		}
	}
	return b[:whole]
}
