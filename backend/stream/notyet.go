package stream

import (
	"strings"
	"time"
)

// NotYetError is returned by an extractor when its source has announced a broadcast that has not begun. It is a state of the
// source, not a failure: there is no back-off, and the source is run again at At.
type NotYetError struct {
	// At is when the broadcast begins, or when to run the source again; zero if neither is known.
	At time.Time
	// Text describes this in one line without a token, preferably in the words of the site or the tool: "This live event will
	// begin in 2 hours".
	Text string
}

// Error returns Text without its full stop, or a general sentence if Text is empty.
func (e *NotYetError) Error() string {
	if s := strings.TrimRight(strings.TrimSpace(e.Text), "."); s != "" {
		return s
	}
	return "not begun yet"
}
