package runs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gridwall/backend/stream"
)

// Reason is why a source runs.
type Reason string

const (
	// Planned means that the interval since the source's last listing is over.
	Planned Reason = "planned"
	// FileChanged means that the source's file was created or edited.
	FileChanged Reason = "file changed"
	// ByHand means that a user requested an extraction.
	ByHand Reason = "requested"
	// TokenDue means that the token of a watched stream expires soon.
	TokenDue Reason = "token due"
	// Refused means that an upstream refused a stream's token.
	Refused Reason = "refused"
	// RenewalByHand means that a user requested new tokens.
	RenewalByHand Reason = "renewal requested"
)

// Renews reports whether a run for this reason is for new tokens. Such a run counts as a renewal even if it returns the same
// URLs, and starts at least MinGap after the previous one.
func (r Reason) Renews() bool { return r == TokenDue || r == Refused || r == RenewalByHand }

// Request asks for a run of a source.
type Request struct {
	Reason Reason
	// Fresh demands a run that starts after the request, for example because the source's file changed. Otherwise the
	// request may join a run that has already started.
	Fresh bool
	// Needed is called just before a waiting run starts; nil means that the run is needed. A run that none of its requests
	// needs any more is dropped. Once Needed has returned false, it must not return true again.
	Needed func() bool
}

// Result is the result of one run of one source.
type Result struct {
	Key string
	// Streams are the streams that the run found, with their ids; empty if Err is not nil.
	Streams []stream.Stream
	// Err contains no token. It wraps stream.ErrNoStreams if the source listed nothing.
	Err error
	// At is when the run started, in UTC: no token in Streams was issued earlier.
	At time.Time
	// Took is how long the run took.
	Took time.Duration
	// Reasons are those of all requests for the run, without duplicates, in the order of their arrival.
	Reasons []Reason
}

// Renews reports whether one of the requests was for new tokens.
func (r Result) Renews() bool { return slices.ContainsFunc(r.Reasons, Reason.Renews) }

// Reason returns the reasons in one line.
func (r Result) Reason() string {
	var words []string
	for _, why := range r.Reasons {
		words = append(words, string(why))
	}
	return strings.Join(words, ", ")
}

// ErrNotNeeded is the error of a run that was dropped because another one had already served its requests.
var ErrNotNeeded = errors.New("the run is no longer needed")

// Run is a waiting, running or finished run of a source.
type Run struct {
	key    string
	done   chan struct{}
	result Result // written before done is closed

	// Scheduler.mu guards the following fields.
	reasons []Reason
	needs   []func() bool
	// hurry is closed by a request that does not wait for MinGap; hurried is true after that.
	hurry   chan struct{}
	hurried bool
	// sealed is set once the run has a result, after which no request may join it.
	sealed bool
	// turns is how many of the scheduler's turns the run holds until it ends.
	turns int
}

func newRun(key string) *Run {
	return &Run{key: key, done: make(chan struct{}), hurry: make(chan struct{})}
}

// Done returns a channel that is closed when the run has ended and every subscriber has got its result.
func (r *Run) Done() <-chan struct{} { return r.done }

// Result waits for the end of the run and returns its result. The error is also Result.Err. If ctx ends first, Result returns
// its error; the run continues.
func (r *Run) Result(ctx context.Context) (Result, error) {
	select {
	case <-r.done:
		return r.result, r.result.Err
	case <-ctx.Done():
		return Result{Key: r.key, Err: ctx.Err()}, ctx.Err()
	}
}

func (r *Run) renews() bool { return slices.ContainsFunc(r.reasons, Reason.Renews) }
