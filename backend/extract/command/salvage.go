package command

import (
	"bytes"
	"encoding/json"
	"errors"

	"gridwall/backend/extract"
)

// maxReadings limits how much is read in total, as a multiple of the output's length: each line may begin an unterminated
// value.
const maxReadings = 8

// maxBroken is how many lines may begin with a bracket without being JSON. After that, the search is abandoned.
const maxBroken = 1000

// valuesOf returns the JSON values that a tool printed. Tools print log lines among them: if the whole output is not JSON,
// the values that occupy whole lines are searched, and mixed is true. The error refers to the whole output.
func valuesOf(out []byte) (values []json.RawMessage, mixed bool, err error) {
	out = extract.PlainText(out)
	values, err = extract.JSONValues(out)
	if err == nil {
		return values, false, nil
	}
	if found := salvage(out); len(found) > 0 {
		return found, true, nil
	}
	if found := salvage(extract.RepairJSON(out)); len(found) > 0 {
		return found, true, nil
	}
	return nil, false, err
}

// salvage returns the JSON values that occupy whole lines of out.
func salvage(out []byte) (values []json.RawMessage) {
	left, broken := maxReadings*(len(out)+1), 0
	for len(out) > 0 && left > 0 && broken < maxBroken {
		if out[0] == '{' || out[0] == '[' {
			v, read := firstValue(out)
			left -= read
			if v != nil {
				if line := lineEnd(out[len(v):]); len(bytes.TrimSpace(out[len(v):len(v)+line])) == 0 {
					values = append(values, v)
					out = out[len(v)+line:]
					continue
				}
			}
			broken++
		}
		out = out[lineEnd(out):]
	}
	return values
}

// firstValue returns the value at the beginning of out, or nil, and how much of out was read.
func firstValue(out []byte) (v json.RawMessage, read int) {
	dec := json.NewDecoder(bytes.NewReader(out))
	err := dec.Decode(&v)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return v, len(v)
	case errors.As(err, &syntax):
		return nil, int(syntax.Offset)
	}
	return nil, len(out)
}

// lineEnd returns the length of out's first line, including its newline.
func lineEnd(out []byte) int {
	n := bytes.IndexByte(out, '\n')
	if n < 0 {
		return len(out)
	}
	return n + 1
}

// wrongShape reports whether err is about a value of another type, which may be a log line if the output is mixed.
func wrongShape(err error) bool {
	var kind *json.UnmarshalTypeError
	return errors.As(err, &kind) || errors.Is(err, errNoURL)
}
