package tomlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// maxErrors bounds the errors of one file that are collected.
	maxErrors = 1000
	// maxListed bounds the known keys that an error lists.
	maxListed = 10
)

// Reader collects the errors in the values of a document, with their positions.
type Reader struct {
	positions Positions
	errs      []*Error // in the order in which they were reported
}

// NewReader returns a reader without errors.
func NewReader(p Positions) *Reader { return &Reader{positions: p} }

// Fail reports an error at a path, or at the innermost table around it. Path "" is the whole file.
func (r *Reader) Fail(path, format string, args ...any) {
	if len(r.errs) >= maxErrors {
		return
	}
	at := r.positions.At(path)
	r.errs = append(r.errs, &Error{Line: at.Line, Column: at.Column, Msg: fmt.Sprintf(format, args...)})
}

// Failures returns the number of errors so far.
func (r *Reader) Failures() int { return len(r.errs) }

// First returns the error that was reported first; nil if there is none.
func (r *Reader) First() *Error {
	if len(r.errs) == 0 {
		return nil
	}
	return r.errs[0]
}

// Errors returns the errors in the order of the file.
func (r *Reader) Errors() []*Error {
	out := slices.Clone(r.errs)
	slices.SortStableFunc(out, func(a, b *Error) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Msg, b.Msg))
	})
	return out
}

// UnknownKeys returns the keys of the table at path that are not in known, in the order of the file.
func (r *Reader) UnknownKeys(path string, table map[string]any, known []string) []string {
	var out []string
	for key := range table {
		if !slices.Contains(known, key) {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		x, y := r.positions.At(Join(path, a)), r.positions.At(Join(path, b))
		return cmp.Or(x.Line-y.Line, x.Column-y.Column, strings.Compare(a, b))
	})
	return out
}

// Unknown reports a key of the table at path that is not in known, with a suggestion of the key that was probably meant. hint
// replaces the suggestion unless it is "".
func (r *Reader) Unknown(path, key string, known []string, hint string) {
	if hint == "" {
		hint = DidYouMean(key, known)
	}
	if hint == "" && len(known) <= maxListed {
		hint = "; known here are " + QuoteList(slices.Sorted(slices.Values(known)))
	}
	r.Fail(Join(path, key), "unknown key %q%s", Shorten(key), hint)
}
