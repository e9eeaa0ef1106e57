package api

import "context"

// StreamChanges answers StreamChanges: what has changed in the listing of all streams, the dead ones included.
type StreamChanges struct {
	Streams []Stream `json:"streams" nullable:"false" doc:"The streams that are new or changed, as they are now; those that changed first come first."`
	Gone    []string `json:"gone" nullable:"false" doc:"The ids of streams that are listed no more."`
	Since   string   `json:"since" doc:"Where the next question goes on."`
	Whole   bool     `json:"whole" doc:"The listing begins again with this answer: what was known before is to be forgotten."`
	More    bool     `json:"more" doc:"There is more: ask again at once."`
	Count   int      `json:"count" doc:"How many streams are listed in all."`
}

// StreamChanges answers what has changed in the listing since an earlier answer's Since, some thousand streams at a time; from
// its beginning where since is empty, or of another process. A listing of 50,000 streams is some 20 MB: a page reads it once,
// and then the changes.
func (a *API) StreamChanges(_ context.Context, since string) (StreamChanges, error) {
	c := a.changes.After(since, a.o.Sources.Extraction)
	return StreamChanges{Streams: fromStreams(c.Changed), Gone: c.Gone, Since: c.Mark, Whole: c.Whole, More: c.More, Count: c.Listed}, nil
}
