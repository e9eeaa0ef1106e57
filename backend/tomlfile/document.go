package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// ByteOrderMark is written at the start of a file by some Windows editors. TOML does not allow it.
const ByteOrderMark = "\ufeff"

// Error is a mistake in a file. Line and Column count from 1, Column in bytes; both are 0 for an error of the whole file.
type Error struct {
	Line, Column int
	// Msg is one line.
	Msg string
	// Limit reports whether the file was not parsed because it has too many or too long keys.
	Limit bool
	cause error
}

// Error returns the message with its line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
}

// Unwrap returns the parser's error, if any.
func (e *Error) Unwrap() error { return e.cause }

// Document is a parsed file.
type Document struct {
	// Values is the root table. Its values are strings, int64, float64, bool, times of go-toml, []any and map[string]any.
	Values map[string]any
	Positions
}

// Parse parses a file with or without a byte order mark. The error is an *Error.
func Parse(text []byte) (*Document, error) {
	text = bytes.TrimPrefix(text, []byte(ByteOrderMark))
	if line, err := checkKeys(text); err != nil {
		return nil, &Error{Line: line, Msg: err.Error(), Limit: true, cause: err}
	}
	d := &Document{}
	if err := toml.Unmarshal(text, &d.Values); err != nil {
		e := &Error{Msg: strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "toml: ")), " "), cause: err}
		var syntax *toml.DecodeError
		if errors.As(err, &syntax) {
			e.Line, e.Column = syntax.Position()
		}
		return nil, e
	}
	d.Positions = positions(text)
	return d, nil
}
