package stream

import (
	"errors"
	"fmt"
)

var (
	// ErrUnknownStream is returned when no extraction ever found the stream (by id or by URL).
	ErrUnknownStream = errors.New("unknown stream")
	// ErrUnknownSource is returned when no source file has the key.
	ErrUnknownSource = errors.New("unknown source")
	// ErrNoExtractor is returned when a source's kind has no extractor, or its source is gone, disabled or broken.
	ErrNoExtractor = errors.New("extractor not found")
	// ErrNoStreams is returned when an extraction ran well and found nothing.
	ErrNoStreams = errors.New("extractor returned no streams")
	// ErrNoMatch is returned when fresh results hold no counterpart of a known stream.
	ErrNoMatch = errors.New("no matching stream in fresh results")
	// ErrInvalid is returned for a value that cannot be accepted.
	ErrInvalid = errors.New("invalid")
	// ErrMalformed is returned for a document that does not parse.
	ErrMalformed = errors.New("malformed")
	// ErrTooLarge is returned for a value above a limit of size.
	ErrTooLarge = errors.New("too large")
)

// Error is an error whose text is meant for the user: what is wrong, where, and how to fix it.
type Error struct {
	// Kind is a sentinel that errors.Is finds; its own text is not part of the message.
	Kind  error
	msg   string
	cause error
}

// Errorf returns an Error. An argument of the verb %w becomes its cause.
func Errorf(kind error, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, msg: err.Error(), cause: errors.Unwrap(err)}
}

// Error returns the text. It may hold tokens that an argument held.
func (e *Error) Error() string { return e.msg }

// Unwrap returns the kind, and the cause if there is one.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}
