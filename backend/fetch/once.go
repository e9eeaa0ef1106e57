package fetch

import "context"

// Once runs load once for all concurrent callers with the same key. The work continues when a caller leaves. Each caller gets a
// copy of a refusal, because callers record in it the state of their own request.
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

// waited is work that continues only while somebody waits for it.
type waited struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiting int
}

// OnceWaited is Once for work that is cancelled when its last caller leaves: a blocking request would otherwise hold a slot for
// as long as the upstream delays its answer.
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
			f.loads.Forget(key) // later callers must not join the cancelled work
		}
	}()
	return f.Once(ctx, key, func(context.Context) (any, error) { return load(w.ctx) })
}
