package health

import (
	"context"
	"sync"
)

// limiter bounds concurrent checks, in total and for each host.
type limiter struct {
	perHost int
	all     chan struct{}

	mu    sync.Mutex
	hosts map[string]*hostSlots
}

// hostSlots is deleted when no check of the host is running or waiting.
type hostSlots struct {
	slots chan struct{}
	users int
}

func newLimiter(perHost, atOnce int) *limiter {
	return &limiter{perHost: perHost, all: make(chan struct{}, atOnce), hosts: map[string]*hostSlots{}}
}

// wait waits for a turn, and returns the function that ends it. It waits for the host's slot first, so that checks that wait
// for a slow host do not block others.
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
