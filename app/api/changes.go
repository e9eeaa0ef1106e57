package api

import (
	"context"

	"gridwall/backend/jsontypes"
)

// StreamChanges is the response of StreamChanges: changes in the listing of all streams, including those that are not live.
type StreamChanges struct {
	Streams []Stream `json:"streams" nullable:"false" doc:"The new and changed streams, in their current state; the earliest change first."`
	Gone    []string `json:"gone" nullable:"false" doc:"The ids of streams that are no longer listed."`
	Since   string   `json:"since" doc:"The value of since for the next request."`
	Whole   bool     `json:"whole" doc:"The listing starts over with this response: discard all earlier streams."`
	More    bool     `json:"more" doc:"There are more changes: send the next request at once."`
	Count   int      `json:"count" doc:"How many streams are listed in total."`
}

// StreamChanges returns the changes in the listing since an earlier response's Since, some thousand streams at a time. It starts
// over if since is empty or comes from an earlier process. A listing of 50,000 streams is about 20 MB: a page reads it once, and
// then only the changes.
func (a *API) StreamChanges(_ context.Context, since string) (StreamChanges, error) {
	c := a.changes.After(since, a.o.Sources.Extraction)
	return StreamChanges{Streams: jsontypes.FromStreams(c.Changed), Gone: c.Gone, Since: c.Mark, Whole: c.Whole, More: c.More, Count: c.Listed}, nil
}
