package fetch

import (
	"context"
	"sync"
)

// tasks are background goroutines. They end with Context; Wait waits for them.
type tasks struct {
	Context context.Context
	Cancel  context.CancelFunc

	mu sync.Mutex // orders Run's count before Wait
	wg sync.WaitGroup
}

// NewTasks returns tasks without goroutines.
func NewTasks() *tasks {
	t := &tasks{}
	t.Context, t.Cancel = context.WithCancel(context.Background())
	return t
}

// Run runs do in its own goroutine, and reports whether it did: once Context has ended, it does not.
func (t *tasks) Run(do func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Context.Err() != nil {
		return false
	}
	t.wg.Go(do)
	return true
}

// Wait waits for all goroutines. The context must have ended.
func (t *tasks) Wait() {
	t.mu.Lock() // any Run that saw the context before it ended has counted its goroutine
	//lint:ignore SA2001 the lock orders Run's count before Wait
	t.mu.Unlock()
	t.wg.Wait()
}
