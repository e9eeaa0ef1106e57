package jsontypes

import (
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

// Trial is the response of TestSource: the streams that an extraction would find now, and each step of it. Nothing is saved. A
// user may send it to others: except for the streams' URLs it contains nothing that could be a token, not even in titles.
type Trial struct {
	Name    string   `json:"name,omitempty" doc:"The source's name without anything that could be a token, for a report to send to others; absent if it is the same as the name."`
	Streams []Stream `json:"streams" nullable:"false"`
	Count   int      `json:"count"`
	Steps   []Step   `json:"steps" nullable:"false"`
	Error   *string  `json:"error" nullable:"true"`
}

// Step is one step of an extraction.
type Step struct {
	What       string `json:"what" doc:"request, or a step that is specific to the kind."`
	Method     string `json:"method"`
	URL        string `json:"url" doc:"Without anything that could be a token."`
	Status     int    `json:"status"`
	DurationMS int64  `json:"duration_ms"`
	Bytes      int64  `json:"bytes"`
	Yield      int    `json:"yield"`
	Error      string `json:"error"`
}

// FromTrial converts a dry run. Except for the streams' URLs it removes everything that could be a
// token.
func FromTrial(res extract.Trial) Trial {
	out := Trial{Streams: []Stream{}, Steps: []Step{}}
	for _, s := range res.Streams {
		shown := FromStream(s)
		shown.Title, shown.Quality = stream.RedactText(shown.Title), stream.RedactText(shown.Quality)
		out.Streams = append(out.Streams, shown)
	}
	out.Count = len(out.Streams)
	for _, st := range res.Steps {
		out.Steps = append(out.Steps, Step{
			What: stream.RedactText(st.What), Method: st.Method, URL: stream.RedactText(st.URL), Status: st.Status,
			DurationMS: st.Duration.Round(time.Millisecond).Milliseconds(), Bytes: st.Bytes, Yield: st.Yield,
			Error: stream.RedactText(st.Error),
		})
	}
	if res.Err != nil {
		out.Error = Text(stream.RedactText(res.Err.Error()))
	}
	return out
}
