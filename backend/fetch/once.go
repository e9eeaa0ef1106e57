package fetch

import "context"

// Once runs load for all who ask at the same time. The work outlives each single one of them. A refusal comes as a copy:
// each of them notes in it what became of their own request.
func (f *Fetcher) Once(ctx context.Context, key string, load func(context.Context) (any, error)) (any, error) {
	ch := f.loads.DoChan(key, func() (any, error) { return load(f.Tasks.Context) })
	select {
	case res := <-ch:
		if r, ok := AsRefused(res.Err); ok {
			own := *r
			return nil, &own
		}
		return res.Val, res.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// waited is a piece of work that goes on only while somebody waits for it.
type waited struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiting int
}

// OnceWaited returns once for work that ends with the last who waits for it: a blocking request holds a place at the upstream
// for as long as that likes.
func (f *Fetcher) OnceWaited(ctx context.Context, key string, load func(context.Context) (any, error)) (any, error) {
	f.mu.Lock()
	w := f.waits[key]
	if w == nil {
		w = &waited{}
		w.ctx, w.cancel = context.WithCancel(f.Tasks.Context)
		f.waits[key] = w
	}
	w.waiting++
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if w.waiting--; w.waiting == 0 {
			w.cancel()
			delete(f.waits, key)
			f.loads.Forget(key) // anyone who comes next must not join what was just ended
		}
	}()
	return f.Once(ctx, key, func(context.Context) (any, error) { return load(w.ctx) })
}
