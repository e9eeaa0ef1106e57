package runs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gridwall/backend/stream"
)

// Reason says why a source runs.
type Reason string

const (
	// Planned: the interval of the source's listing is over.
	Planned Reason = "planned"
	// FileChanged: the source's file is new, or was edited.
	FileChanged Reason = "file changed"
	// ByHand: somebody asked for an extraction.
	ByHand Reason = "asked for"
	// TokenDue: the token of a watched stream ends soon.
	TokenDue Reason = "token due"
	// Refused: an upstream refused a stream's token.
	Refused Reason = "refused"
	// RenewalByHand: somebody asked for fresh tokens.
	RenewalByHand Reason = "renewal asked for"
)

// Renews reports whether a run for this reason is to bring fresh tokens. Such a run counts as a renewal even where it
// brings the same URLs, and waits until MinGap after the one before.
func (r Reason) Renews() bool { return r == TokenDue || r == Refused || r == RenewalByHand }

// Request asks for a run of a source.
type Request struct {
	Reason Reason
	// Fresh asks for a run that begins after the request, because its file changed, say. Without it, a run that is under
	// way and has not delivered yet is joined.
	Fresh bool
	// Needed is asked just before a run that waited begins. A run that none of its requests needs any more is dropped. Nil:
	// the run is needed. Once it has returned false, it returns false for ever.
	Needed func() bool
}

// Result is what one run of one source came to.
type Result struct {
	Key string
	// Streams are the fresh ones, with their ids. Empty where Err is not nil.
	Streams []stream.Stream
	// Err holds no token. It wraps stream.ErrNoStreams where the source listed nothing.
	Err error
	// At is when the run began, in UTC: no token in Streams was issued before.
	At time.Time
	// Took is how long the run took.
	Took time.Duration
	// Reasons are those of all requests that the run answers, the first one first.
	Reasons []Reason
}

// Renews reports whether one of the requests was for fresh tokens.
func (r Result) Renews() bool { return slices.ContainsFunc(r.Reasons, Reason.Renews) }

// Reason returns the reasons in one line.
func (r Result) Reason() string {
	var words []string
	for _, why := range r.Reasons {
		words = append(words, string(why))
	}
	return strings.Join(words, ", ")
}

// ErrNotNeeded is the result of a run that was dropped, because another one had brought what its requests were for.
var ErrNotNeeded = errors.New("the run is no longer needed")

// Run is a run of a source that waits, is under way or has ended.
type Run struct {
	key    string
	done   chan struct{}
	result Result // written before done is closed

	// Scheduler.mu guards the rest.
	reasons []Reason
	needs   []func() bool
	// hurry is closed when a request has come that does not wait for MinGap.
	hurry   chan struct{}
	hurried bool
	// sealed: the result is there, and requests that come now need another run.
	sealed bool
	// turns is how many turns of the scheduler the run gives back when it ends.
	turns int
}

func newRun(key string) *Run {
	return &Run{key: key, done: make(chan struct{}), hurry: make(chan struct{})}
}

// Done returns closed when the run has ended, after every subscriber was given its result.
func (r *Run) Done() <-chan struct{} { return r.done }

// Result waits for the end of the run and returns what it came to. The error is also Result.Err. A caller whose ctx ends
// leaves with its error; the run goes on.
func (r *Run) Result(ctx context.Context) (Result, error) {
	select {
	case <-r.done:
		return r.result, r.result.Err
	case <-ctx.Done():
		return Result{Key: r.key, Err: ctx.Err()}, ctx.Err()
	}
}

func (r *Run) renews() bool { return slices.ContainsFunc(r.reasons, Reason.Renews) }
