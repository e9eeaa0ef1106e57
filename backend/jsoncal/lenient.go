package jsoncal

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// The files of seasons are kept by hand: a number stands in quotes, a flag is 1 or "true". What can be meant is taken. What
// cannot costs nothing else: wrong says what stands there.

// lenientInt is a whole number, in quotes or not.
type lenientInt struct {
	n     int
	wrong string
}

func (i *lenientInt) UnmarshalJSON(raw []byte) error {
	text, kind := scalar(raw)
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case kind == "null":
	case kind == "bool", err != nil, f != math.Trunc(f), math.Abs(f) > math.MaxInt32:
		i.wrong = kind
	default:
		i.n = int(f)
	}
	return nil
}

// lenientBool is a flag, as people write it.
type lenientBool struct {
	is    bool
	wrong string
}

func (b *lenientBool) UnmarshalJSON(raw []byte) error {
	text, kind := scalar(raw)
	switch strings.ToLower(text) {
	case "true", "yes", "y", "1":
		b.is = true
	case "false", "no", "n", "0", "":
		if kind == "array" || kind == "object" {
			b.wrong = kind
		}
	default:
		b.wrong = kind
	}
	return nil
}

// scalar is the text of a JSON value that is neither a list nor an object, and what kind of value it is.
func scalar(raw []byte) (text, kind string) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")):
		return "", "null"
	case raw[0] == '[':
		return "", "array"
	case raw[0] == '{':
		return "", "object"
	case raw[0] == '"':
		_ = json.Unmarshal(raw, &text) // it was parsed already
		return strings.TrimSpace(text), "string"
	case raw[0] == 't', raw[0] == 'f':
		return string(raw), "bool"
	}
	return string(raw), "number"
}
