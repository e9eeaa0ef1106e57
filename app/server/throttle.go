package server

import (
	"crypto/sha256"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	// freeTries is how many wrong tokens an address may send before it has to pause.
	freeTries = 10
	// firstPause is the first pause; each further wrong token doubles it up to longestPause.
	firstPause   = 10 * time.Second
	longestPause = 5 * time.Minute
	// triesForgotten is after how long without a wrong token an address is forgotten.
	triesForgotten = 15 * time.Minute
	// maxHolders bounds the addresses and right tokens that are remembered to have come together.
	maxHolders = 4096
	// maxAddresses bounds the addresses that are remembered. Beyond it the one that was quiet longest is forgotten.
	maxAddresses = 4096
)

// throttle makes addresses pause that send wrong tokens.
type throttle struct {
	now func() time.Time

	mu    sync.Mutex
	addrs map[string]*tries
	// holders are who has sent a right token: a guesser behind the same address must not stop them.
	holders map[holder]struct{}
}

// holder is an address, and the hash of a token that was right.
type holder struct {
	addr string
	hash [32]byte
}

// tries are the wrong tokens of one address.
type tries struct {
	wrong int
	last  time.Time
	until time.Time // the end of the pause
	// seen counts each wrong token by its hash. A player with an old token in its address sends the same one again and
	// again: that is no guess, and must not lock out everybody else behind the same address.
	seen map[[32]byte]int
}

func newThrottle() *throttle {
	return &throttle{now: time.Now, addrs: map[string]*tries{}, holders: map[holder]struct{}{}}
}

// paused returns how long the address has to wait before a token is looked at; 0 where it need not.
func (t *throttle) paused(addr, token string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.addrs[addr]
	if a == nil {
		return 0
	}
	now := t.now()
	if wait := a.until.Sub(now); wait > 0 {
		return wait
	}
	if a.seen[sha256.Sum256([]byte(token))] >= freeTries && now.Sub(a.last) < triesForgotten {
		return longestPause
	}
	return 0
}

// failed counts a wrong token, and returns the pause that begins with it; 0 for none. Where each is set, the same token
// counts each time.
func (t *throttle) failed(addr, token string, each bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
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
	if known || len(a.seen) < 2*freeTries {
		a.seen[hash]++
	}
	if known && !each {
		return 0
	}
	if a.wrong++; a.wrong < freeTries {
		return 0
	}
	pause := min(firstPause<<min(a.wrong-freeTries, 10), longestPause)
	a.until = now.Add(pause)
	return pause
}

// seen reports whether the address has sent this wrong token before: to refuse it again tells nothing new.
func (t *throttle) seen(addr, token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.addrs[addr]
	return a != nil && a.seen[sha256.Sum256([]byte(token))] > 0
}

// accepted notes that the address sent a right token.
func (t *throttle) accepted(addr, token string) {
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

// holds reports whether the address has sent this right token before.
func (t *throttle) holds(addr, token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.holders[holder{addr, sha256.Sum256([]byte(token))}]
	return ok
}

// succeeded forgets what the address got wrong.
func (t *throttle) succeeded(addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.addrs, addr)
}

// forget makes room: the addresses that were quiet long enough go, else the one that was quiet longest. The lock is held.
func (t *throttle) forget(now time.Time) {
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

// clientAddr names who sent a request, for counting: the peer's address, or, behind a reverse proxy of this machine, the
// one that the proxy added last. Of IPv6 it is the /64, which one customer has as a whole.
func clientAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr.Unmap().IsLoopback() {
		via := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(via[strings.LastIndexByte(via, ',')+1:])); err == nil {
			addr = last
		}
	}
	return network(addr)
}

// network is the address by which a client is counted.
func network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
