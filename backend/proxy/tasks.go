package proxy

import (
	"context"
	"sync"
)

// tasks are the goroutines that a Proxy runs beside its requests. Close waits for them.
type tasks struct {
	ctx    context.Context // ends when Close begins
	cancel context.CancelFunc

	mu sync.Mutex // orders run's count before wait
	wg sync.WaitGroup
}

// run runs do in a goroutine of its own, and reports whether it did: once Close has begun, nothing begins.
func (t *tasks) run(do func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return false
	}
	t.wg.Go(do)
	return true
}

// wait waits for all goroutines. The context must have ended.
func (t *tasks) wait() {
	t.mu.Lock() // run has looked at the context, and has counted what it starts
	//lint:ignore SA2001 the lock orders run's count before Wait
	t.mu.Unlock()
	t.wg.Wait()
}
