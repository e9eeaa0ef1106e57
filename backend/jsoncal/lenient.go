package jsoncal

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Season files are maintained by hand: a number may be quoted, a flag may be 1 or "true". Any plausible value is accepted.

// lenientInt is a whole number, quoted or not. wrong is the kind of a value that cannot be read, which is reported and
// otherwise ignored.
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

// lenientBool is a flag in any of the ways in which people write it.
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

// scalar returns the text of a JSON value that is neither a list nor an object, and the kind of the value.
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
		_ = json.Unmarshal(raw, &text) // it is valid JSON
		return strings.TrimSpace(text), "string"
	case raw[0] == 't', raw[0] == 'f':
		return string(raw), "bool"
	}
	return string(raw), "number"
}
