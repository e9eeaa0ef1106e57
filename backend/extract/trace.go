package extract

import (
	"sync"
	"time"
)

// maxSteps bounds the trace of one extraction; what comes later is dropped, because a trace is read by people.
const maxSteps = 200

// Step is one line of an extraction's trace: a request, or what a kind noted about its own work.
type Step struct {
	// What is "request", or the kind's own word ("jq", "not http", …).
	What string `json:"what"`
	// Method, URL (redacted), Status, Duration and Bytes describe a request; a redirect is a step of its own.
	Method   string        `json:"method,omitempty"`
	URL      string        `json:"url,omitempty"`
	Status   int           `json:"status,omitempty"`
	Duration time.Duration `json:"duration,omitempty"`
	// Bytes counts what was read of the body, after decompression.
	Bytes int64 `json:"bytes,omitempty"`
	// Yield is how many things a kind's own step came to.
	Yield int `json:"yield"`
	// Error says why the request failed, redacted.
	Error string `json:"error,omitempty"`
}

// trace collects steps; it is safe for concurrent use.
type trace struct {
	mu    sync.Mutex
	steps []*Step
}

// add appends st, and returns a function that changes it later on.
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
