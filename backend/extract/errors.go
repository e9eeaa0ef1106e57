package extract

import (
	"errors"
	"fmt"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/weburl"
)

var (
	// ErrTooLarge is returned when an answer is larger than Limits.Answer.
	ErrTooLarge = errors.New("answer is too large")
	// ErrRedirectLoop is returned when redirects keep returning to the same address.
	ErrRedirectLoop = httpclient.ErrRedirectLoop
	// ErrTooManyRedirects is returned after httpclient.MaxRedirects redirects without a loop.
	ErrTooManyRedirects = httpclient.ErrTooManyRedirects
	// ErrScheme is returned for URLs other than http and https, in a source or in a redirect.
	ErrScheme = weburl.ErrScheme
	// ErrWebPage is returned when the answer is a web page and something else was expected.
	ErrWebPage = errors.New("a web page")
	// ErrScript is returned for a web page whose scripts must run to reveal the stream's URL.
	ErrScript = errors.New("builds its address by script: use the browser source (kind = \"browser\")")
	// ErrStatus is returned when the answer's status is not 2xx.
	ErrStatus = errors.New("unsuccessful status")
	// ErrTimeout is returned when the source's timeout expired before the answer was complete.
	ErrTimeout = errors.New("timed out")
)

// FetchError describes in one line what went wrong with one address. It contains no token.
type FetchError struct {
	// URL is redacted.
	URL string
	// Status is the HTTP status; 0 if there was no answer.
	Status int
	// RetryAfter is how long the site asks clients to wait; 0 if it does not say.
	RetryAfter time.Duration
	// Msg follows the URL: "answered 500 Internal Server Error".
	Msg string
	// Err is one of the sentinels above, or the underlying cause. Only Error may be shown.
	Err error
}

func (e *FetchError) Error() string { return e.URL + " " + e.Msg }
func (e *FetchError) Unwrap() error { return e.Err }

func fetchError(redacted string, err error, format string, args ...any) *FetchError {
	return &FetchError{URL: redacted, Err: err, Msg: fmt.Sprintf(format, args...)}
}
