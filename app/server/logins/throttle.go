package logins

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// FreeTries is how many wrong tokens an address may send before it has to pause.
	FreeTries = 10
	// FirstPause is the first pause; each further wrong token doubles it up to longestPause.
	FirstPause   = 10 * time.Second
	longestPause = 5 * time.Minute
	// triesForgotten is how long after its last wrong token an address is forgotten.
	triesForgotten = 15 * time.Minute
	// maxHolders limits the remembered pairs of an address and a right token.
	maxHolders = 4096
	// maxAddresses limits the remembered addresses. At the limit, the one whose last wrong token is oldest is forgotten.
	maxAddresses = 4096
)

// Throttle pauses addresses that send wrong tokens. It is safe for concurrent use.
type Throttle struct {
	// Now is the clock, which tests replace before use.
	Now func() time.Time

	mu    sync.Mutex
	addrs map[string]*tries
	// holders are the clients that have sent a right token: someone guessing from the same address must not lock them out.
	holders map[holder]struct{}
}

// holder is an address and the hash of a right token.
type holder struct {
	addr string
	hash [32]byte
}

// tries are the wrong tokens of one address.
type tries struct {
	wrong int
	last  time.Time
	until time.Time // the end of the pause
	// seen counts each wrong token by its hash. A player with an old token in its address sends the same one again and again:
	// that is not guessing, and must not lock out everybody else behind the same address.
	seen map[[32]byte]int
}

// NewThrottle returns a Throttle without addresses.
func NewThrottle() *Throttle {
	return &Throttle{Now: time.Now, addrs: map[string]*tries{}, holders: map[holder]struct{}{}}
}

// Paused returns how long the address has to wait before a token is checked; 0 if it need not.
func (t *Throttle) Paused(addr, token string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.addrs[addr]
	if a == nil {
		return 0
	}
	now := t.Now()
	if wait := a.until.Sub(now); wait > 0 {
		return wait
	}
	if a.seen[sha256.Sum256([]byte(token))] >= FreeTries && now.Sub(a.last) < triesForgotten {
		return longestPause
	}
	return 0
}

// Failed counts a wrong token, and returns the pause that begins with it; 0 for none. If each is set, a token that was counted
// before counts again.
func (t *Throttle) Failed(addr, token string, each bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	a := t.addrs[addr]
	if a == nil || now.Sub(a.last) > triesForgotten {
		if a == nil && len(t.addrs) >= maxAddresses {
			t.forget(now)
		}
		a = &tries{seen: map[[32]byte]int{}}
		t.addrs[addr] = a
	}
	a.last = now
	hash := sha256.Sum256([]byte(token))
	known := a.seen[hash] > 0
	if known || len(a.seen) < 2*FreeTries {
		a.seen[hash]++
	}
	if known && !each {
		return 0
	}
	if a.wrong++; a.wrong < FreeTries {
		return 0
	}
	pause := min(FirstPause<<min(a.wrong-FreeTries, 10), longestPause)
	a.until = now.Add(pause)
	return pause
}

// RejectedBefore reports whether the address has sent this wrong token before: rejecting it again reveals nothing.
func (t *Throttle) RejectedBefore(addr, token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.addrs[addr]
	return a != nil && a.seen[sha256.Sum256([]byte(token))] > 0
}

// Accepted records that the address sent a right token.
func (t *Throttle) Accepted(addr, token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := holder{addr, sha256.Sum256([]byte(token))}
	if _, known := t.holders[h]; !known && len(t.holders) >= maxHolders {
		for other := range t.holders {
			delete(t.holders, other)
			break
		}
	}
	t.holders[h] = struct{}{}
}

// AcceptedBefore reports whether the address has sent this right token before.
func (t *Throttle) AcceptedBefore(addr, token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.holders[holder{addr, sha256.Sum256([]byte(token))}]
	return ok
}

// Succeeded forgets the wrong tokens of the address.
func (t *Throttle) Succeeded(addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.addrs, addr)
}

// forget drops the addresses whose last wrong token is old enough; if there are none, the one whose last wrong token is oldest. The
// caller holds the lock.
func (t *Throttle) forget(now time.Time) {
	var oldest string
	for addr, a := range t.addrs {
		if now.Sub(a.last) > triesForgotten {
			delete(t.addrs, addr)
		} else if oldest == "" || a.last.Before(t.addrs[oldest].last) {
			oldest = addr
		}
	}
	if len(t.addrs) >= maxAddresses {
		delete(t.addrs, oldest)
	}
}
