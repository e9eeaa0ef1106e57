package wall

import (
	"context"
	"time"
)

// Clock is the response of Clock.
type Clock struct {
	Now int64 `json:"now" doc:"The server's time when it answered, in ms since 1970."`
}

// Clock returns the server's time, so that pages on several machines can show the same moment: a page takes the time in the middle
// between its request and the answer.
func (f *Facade) Clock(context.Context) (Clock, error) {
	return Clock{Now: time.Now().UnixMilli()}, nil
}
