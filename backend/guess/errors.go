package guess

import (
	"fmt"

	"gridwall/backend/extract"
)

func fetchError(redacted string, err error, format string, args ...any) error {
	return &extract.FetchError{URL: redacted, Err: err, Msg: fmt.Sprintf(format, args...)}
}
