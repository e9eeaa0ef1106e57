package stream

import (
	"errors"
	"fmt"
)

var (
	// ErrUnknownStream is returned when no extraction ever found the stream, by id or by URL.
	ErrUnknownStream = errors.New("unknown stream")
	// ErrUnknownSource is returned when no source file has the key.
	ErrUnknownSource = errors.New("unknown source")
	// ErrNoExtractor is returned when a source's kind has no extractor, or the source is missing, disabled or invalid.
	ErrNoExtractor = errors.New("extractor not found")
	// ErrNoStreams is returned when an extraction succeeded and found nothing.
	ErrNoStreams = errors.New("extractor returned no streams")
	// ErrNoMatch is returned when new results contain no match for a known stream.
	ErrNoMatch = errors.New("no matching stream in fresh results")
	// ErrInvalid is returned for a value that cannot be accepted.
	ErrInvalid = errors.New("invalid")
	// ErrMalformed is returned for a document that does not parse.
	ErrMalformed = errors.New("malformed")
	// ErrTooLarge is returned for a value that exceeds a size limit.
	ErrTooLarge = errors.New("too large")
)

// Error is an error whose text is meant for the user: what is wrong, where, and how to fix it.
type Error struct {
	// Kind is a sentinel for errors.Is; its text is not part of the message.
	Kind  error
	msg   string
	cause error
}

// Errorf returns an Error. The argument of %w becomes its cause.
func Errorf(kind error, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, msg: err.Error(), cause: errors.Unwrap(err)}
}

// Error returns the text. It contains tokens if an argument did.
func (e *Error) Error() string { return e.msg }

// Unwrap returns the kind, and the cause if there is one.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}
