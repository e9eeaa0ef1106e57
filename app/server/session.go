package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// sessionLife is how long a login lasts. It ends on the server too.
	sessionLife = 30 * 24 * time.Hour
	// maxSessions bounds the logins that are kept. Beyond it the one that ends first goes.
	maxSessions = 1000
)

// SessionStore keeps the logins, so that a restart logs nobody out. Load returns nil where nothing was saved.
type SessionStore interface {
	Load() ([]byte, error)
	Save(doc []byte) error
}

// sessions are the logins: random names, of which only hashes are kept.
type sessions struct {
	store SessionStore // nil: they end with the process
	log   *slog.Logger
	// sign is a hash of server.token: the logins of another token do not hold.
	sign string
	now  func() time.Time

	mu   sync.Mutex
	ends map[string]time.Time // by the hash of a session's name
}

// sessionRecord is what SessionStore keeps.
type sessionRecord struct {
	Token    string               `json:"token"`
	Sessions map[string]time.Time `json:"sessions"`
}

func newSessions(token string, store SessionStore, log *slog.Logger) *sessions {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("gridwall sessions"))
	s := &sessions{store: store, log: log, sign: hex.EncodeToString(mac.Sum(nil)), now: time.Now, ends: map[string]time.Time{}}
	if store == nil {
		return s
	}
	doc, err := store.Load()
	var kept sessionRecord
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &kept)
	}
	if err != nil {
		log.Warn("the saved logins cannot be read; everyone has to log in again", "error", err)
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

// begin makes a login, and returns its name.
func (s *sessions) begin() string {
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
	s.ends[hashOf(name)] = s.now().Add(sessionLife)
	s.save()
	return name
}

// holds reports whether name is a login that has not ended.
func (s *sessions) holds(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.ends[hashOf(name)]
	return ok && s.now().Before(end)
}

// end ends a login.
func (s *sessions) end(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.ends[hashOf(name)]; !ok {
		return
	}
	delete(s.ends, hashOf(name))
	s.save()
}

// expire forgets the logins that have ended. The lock is held, or nobody else has s yet.
func (s *sessions) expire() {
	now := s.now()
	for h, end := range s.ends {
		if !now.Before(end) {
			delete(s.ends, h)
		}
	}
}

// save writes the logins. The lock is held.
func (s *sessions) save() {
	if s.store == nil {
		return
	}
	doc, err := json.Marshal(sessionRecord{s.sign, s.ends})
	if err == nil {
		err = s.store.Save(doc)
	}
	if err != nil {
		s.log.Warn("the logins cannot be saved; a restart will log everyone out", "error", err)
	}
}

// isSecure reports whether the client reaches us over TLS, by itself or through a reverse proxy. A client that makes the
// header up changes its own answer alone.
func isSecure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// scheme is the scheme of the address at which the client reaches us.
func scheme(r *http.Request) string {
	if isSecure(r) {
		return "https"
	}
	return "http"
}
