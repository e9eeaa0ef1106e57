package fetch

import (
	"context"
	"sync"
)

// tasks are the goroutines that run beside the requests. Close waits for them.
type tasks struct {
	Context context.Context // ends when Close begins
	Cancel  context.CancelFunc

	mu sync.Mutex // orders run's count before wait
	wg sync.WaitGroup
}

// NewTasks returns tasks without any.
func NewTasks() *tasks {
	t := &tasks{}
	t.Context, t.Cancel = context.WithCancel(context.Background())
	return t
}

// Run runs do in a goroutine of its own, and reports whether it did: once Close has begun, nothing begins.
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
	t.mu.Lock() // Run has looked at the context, and has counted what it starts
	//lint:ignore SA2001 the lock orders run's count before Wait
	t.mu.Unlock()
	t.wg.Wait()
}
