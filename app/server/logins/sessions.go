package logins

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
)

const (
	// Lifetime is how long a login lasts, in the browser and on the server.
	Lifetime = 30 * 24 * time.Hour
	// maxSessions limits the logins. At the limit, the one that expires first is dropped.
	maxSessions = 1000
)

// Store stores the logins, so that they survive a restart. Load returns nil if nothing was saved.
type Store interface {
	Load() ([]byte, error)
	Save(doc []byte) error
}

// Sessions holds the logins. Each has a random name, of which only the hash is stored. It is safe for concurrent use.
type Sessions struct {
	store Store // nil: logins end with the process
	log   *slog.Logger
	// sign is a hash of server.token: saved logins with another one are invalid.
	sign string
	now  func() time.Time

	mu   sync.Mutex
	ends map[string]time.Time // when each session expires, by the hash of its name
}

// sessionRecord is the stored document.
type sessionRecord struct {
	Token    string               `json:"token"`
	Sessions map[string]time.Time `json:"sessions"`
}

// NewSessions loads the logins that were made with token. If store is nil, logins end with the process.
func NewSessions(token string, store Store, log *slog.Logger) *Sessions {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("gridwall sessions"))
	s := &Sessions{store: store, log: log, sign: hex.EncodeToString(mac.Sum(nil)), now: time.Now, ends: map[string]time.Time{}}
	if store == nil {
		return s
	}
	doc, err := store.Load()
	var kept sessionRecord
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &kept)
	}
	if err != nil {
		log.Warn("cannot read the saved logins; all users must log in again", "error", err)
		return s
	}
	if hmac.Equal([]byte(kept.Token), []byte(s.sign)) && kept.Sessions != nil {
		s.ends = kept.Sessions
		s.expire()
	}
	return s
}

func hashOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// Begin creates a login, and returns its name.
func (s *Sessions) Begin() string {
	name := rand.Text() + rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	if len(s.ends) >= maxSessions {
		var first string
		for h, end := range s.ends {
			if first == "" || end.Before(s.ends[first]) {
				first = h
			}
		}
		delete(s.ends, first)
	}
	s.ends[hashOf(name)] = s.now().Add(Lifetime)
	s.save()
	return name
}

// Valid reports whether name is a login that has not expired.
func (s *Sessions) Valid(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.ends[hashOf(name)]
	return ok && s.now().Before(end)
}

// End ends a login.
func (s *Sessions) End(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ends[hashOf(name)]; !ok {
		return
	}
	delete(s.ends, hashOf(name))
	s.save()
}

// expire drops the expired logins. The caller holds the lock, or s is not shared yet.
func (s *Sessions) expire() {
	now := s.now()
	for h, end := range s.ends {
		if !now.Before(end) {
			delete(s.ends, h)
		}
	}
}

// save stores the logins. The caller holds the lock.
func (s *Sessions) save() {
	if s.store == nil {
		return
	}
	doc, err := json.Marshal(sessionRecord{s.sign, s.ends})
	if err == nil {
		err = s.store.Save(doc)
	}
	if err != nil {
		s.log.Warn("cannot save the logins; they will be lost on restart", "error", err)
	}
}
