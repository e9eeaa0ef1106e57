package extract

import (
	"sync"
	"time"
)

// maxSteps bounds the trace of one extraction; further steps are dropped, because people read traces.
const maxSteps = 200

// Step is one line of an extraction's trace: a request, or a step that a kind has noted.
type Step struct {
	// What is "request", or the kind's name for the step ("jq", "not http", …).
	What string `json:"what"`
	// Method, URL (redacted), Status, Duration and Bytes describe a request; each redirect is a separate step.
	Method   string        `json:"method,omitempty"`
	URL      string        `json:"url,omitempty"`
	Status   int           `json:"status,omitempty"`
	Duration time.Duration `json:"duration,omitempty"`
	// Bytes is how much of the body was read, after decompression.
	Bytes int64 `json:"bytes,omitempty"`
	// Yield is how many results a kind's own step gave.
	Yield int `json:"yield"`
	// Error is why the request failed, redacted.
	Error string `json:"error,omitempty"`
}

// trace collects steps; it is safe for concurrent use.
type trace struct {
	mu    sync.Mutex
	steps []*Step
}

// add appends st, and returns a function that updates it later.
func (t *trace) add(st Step) func(func(*Step)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &st
	if len(t.steps) < maxSteps {
		t.steps = append(t.steps, p)
	}
	return func(change func(*Step)) {
		t.mu.Lock()
		defer t.mu.Unlock()
		change(p)
	}
}

func (t *trace) all() []Step {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Step, len(t.steps))
	for i, p := range t.steps {
		out[i] = *p
	}
	return out
}
