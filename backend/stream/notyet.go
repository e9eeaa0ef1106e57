package stream

import (
	"strings"
	"time"
)

// NotYetError is returned by an extractor when what its source shows has been announced but has not begun. It is a
// state of the source, not a failure: nothing backs off, and the source is asked again at At.
type NotYetError struct {
	// At is when it begins, or when it makes sense to ask again; zero if neither is known.
	At time.Time
	// Text says so in one line without a token, best in the words of the site or the tool: "This live event will begin
	// in 2 hours".
	Text string
}

// Error returns Text without its full stop, or a general sentence where there is none.
func (e *NotYetError) Error() string {
	if s := strings.TrimRight(strings.TrimSpace(e.Text), "."); s != "" {
		return s
	}
	return "not begun yet"
}
