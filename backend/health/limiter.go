package health

import (
	"context"
	"sync"
)

// limiter bounds what runs at the same time, in total and for each host.
type limiter struct {
	perHost int
	all     chan struct{}

	mu    sync.Mutex
	hosts map[string]*hostSlots
}

// hostSlots is deleted when no slot is held or waited for.
type hostSlots struct {
	slots chan struct{}
	users int
}

func newLimiter(perHost, atOnce int) *limiter {
	return &limiter{perHost: perHost, all: make(chan struct{}, atOnce), hosts: map[string]*hostSlots{}}
}

// wait waits for a turn, and returns the function that ends it. The host's turn comes first, so that waiting for a slow
// host takes no place from another.
func (l *limiter) wait(ctx context.Context, host string) (done func(), err error) {
	l.mu.Lock()
	h := l.hosts[host]
	if h == nil {
		h = &hostSlots{slots: make(chan struct{}, l.perHost)}
		l.hosts[host] = h
	}
	h.users++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(l.hosts, host)
		}
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
	select {
	case l.all <- struct{}{}:
	case <-ctx.Done():
		<-h.slots
		leave()
		return nil, ctx.Err()
	}
	return func() {
		<-l.all
		<-h.slots
		leave()
	}, nil
}
