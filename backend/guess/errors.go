package guess

import (
	"fmt"

	"gridwall/backend/extract"
)

// fetchError returns an *extract.FetchError. redacted is the address as it may be shown.
func fetchError(redacted string, err error, format string, args ...any) error {
	return &extract.FetchError{URL: redacted, Err: err, Msg: fmt.Sprintf(format, args...)}
}
