package stream

import "errors"

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
)
