package upstream

import (
	"sync"
	"time"
)

const (
	// maxHosts bounds a list of hosts; beyond it, the list is cleared.
	maxHosts = 1024
	// hostAge is how long a host is remembered; servers are repaired, too.
	hostAge = time.Hour
)

// hosts remembers hosts that need special treatment.
type hosts struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (h *hosts) has(host string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, ok := h.at[host]
	return ok && time.Since(at) < hostAge
}

func (h *hosts) remove(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.at, host)
}

func (h *hosts) add(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == nil || len(h.at) >= maxHosts {
		h.at = map[string]time.Time{}
	}
	h.at[host] = time.Now()
}
