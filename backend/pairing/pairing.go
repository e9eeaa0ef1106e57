package pairing

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/stream"
)

const (
	// CodeLife is how long a code is valid.
	CodeLife = 5 * time.Minute
	// maxTries is how many wrong codes make a code invalid, no matter who sends them: with six digits, a guess succeeds once in 200,000 codes.
	maxTries = 5
	// Lifetime is how long a phone stays paired.
	Lifetime = 90 * 24 * time.Hour
	// maxPhones bounds the paired phones. At the limit, the one that was seen longest ago is dropped.
	maxPhones = 20
	// maxName bounds a phone's name in characters.
	maxName = 60
	// seenStep is how exactly the last use of a phone is stored.
	seenStep = time.Minute
)

var (
	// ErrWrongCode is returned for a code that is not the current one, or no longer valid.
	ErrWrongCode = errors.New("wrong code")
	// ErrUnknown is returned for a phone that is not paired.
	ErrUnknown = errors.New("unknown phone")
)

// Phone is a paired phone.
type Phone struct {
	ID       string    `json:"id"`
	Name     string    `json:"name" doc:"What the phone's browser says it is, such as Safari on iPhone."`
	PairedAt time.Time `json:"paired_at"`
	SeenAt   time.Time `json:"seen_at" doc:"When it was used last."`
}

// record is a phone as it is stored.
type record struct {
	Phone
	Hash string `json:"hash"` // of the name of its session
}

// documents stores the phones as one document; nil if none was stored.
type documents interface {
	Load() ([]byte, error)
	Save(doc []byte) error
}

// Pairing has the current code and the paired phones. It is safe for concurrent use.
type Pairing struct {
	docs     documents
	onChange func()
	log      *slog.Logger

	mu     sync.Mutex
	code   string // "" for none
	ends   time.Time
	expiry *time.Timer // nil before the first code
	tries  int
	phones []record
}

// New loads the paired phones. onChange is called after a phone was paired or removed, and after a code has expired or was guessed
// at too often; no lock is held then.
func New(docs documents, onChange func(), log *slog.Logger) *Pairing {
	p := &Pairing{docs: docs, onChange: onChange, log: log}
	doc, err := docs.Load()
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &p.phones)
	}
	if err != nil {
		log.Warn("cannot read the paired phones; all must pair again", "error", err)
		p.phones = nil
	}
	return p
}

// NewCode makes a new code; the one before becomes invalid.
func (p *Pairing) NewCode() (code string, ends time.Time) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // never: crypto/rand does not fail
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.expiry != nil {
		p.expiry.Stop()
	}
	p.code, p.ends, p.tries = fmt.Sprintf("%06d", n), time.Now().Add(CodeLife), 0
	ends = p.ends
	p.expiry = time.AfterFunc(CodeLife, func() { p.expire(ends) })
	return p.code, ends
}

// expire makes the code invalid that ends then, and says so unless that happened before.
func (p *Pairing) expire(ends time.Time) {
	p.mu.Lock()
	expired := p.code != "" && p.ends.Equal(ends)
	if expired {
		p.code = ""
	}
	p.mu.Unlock()
	if expired {
		p.onChange()
	}
}

// Code returns the current code, or "" if there is none that is valid.
func (p *Pairing) Code() (code string, ends time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.valid(time.Now()) {
		return "", time.Time{}
	}
	return p.code, p.ends
}

// valid reports whether there is a code that has not expired; the caller holds p.mu.
func (p *Pairing) valid(now time.Time) bool { return p.code != "" && now.Before(p.ends) }

// Forget makes the current code invalid. It does not call onChange.
func (p *Pairing) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.code = ""
}

// Pair pairs a phone with the current code, which becomes invalid, and returns the name of the phone's session. The error is
// ErrWrongCode.
func (p *Pairing) Pair(code, name string) (session string, err error) {
	session, changed, err := p.pair(strings.ReplaceAll(strings.TrimSpace(code), " ", ""), name)
	if changed {
		p.onChange()
	}
	return session, err
}

// pair is Pair. It reports whether the code or the phones have changed.
func (p *Pairing) pair(code, name string) (session string, changed bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.valid(now) {
		return "", false, stream.Errorf(ErrWrongCode, `this code cannot be used any more; click "New code" in the Gridwall window`)
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(p.code)) != 1 {
		if p.tries++; p.tries >= maxTries {
			p.code = ""
		}
		return "", p.code == "", stream.Errorf(ErrWrongCode, "wrong code; enter the code shown in the Gridwall window")
	}
	session = rand.Text() + rand.Text()
	before := p.phones
	one := record{Phone{ID: rand.Text()[:12], Name: clean(name), PairedAt: now.UTC().Truncate(time.Second), SeenAt: now.UTC().Truncate(time.Second)}, hash(session)}
	p.phones = append(slices.Clone(before), one)
	if len(p.phones) > maxPhones {
		slices.SortFunc(p.phones, func(a, b record) int { return cmp.Compare(b.SeenAt.Unix(), a.SeenAt.Unix()) })
		p.phones = p.phones[:maxPhones]
	}
	if err := p.save(); err != nil {
		p.phones = before // the phone may try again
		return "", false, err
	}
	p.code = ""
	return session, true, nil
}

// Valid reports whether session is that of a paired phone.
func (p *Pairing) Valid(session string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, sum := time.Now().UTC().Truncate(time.Second), hash(session)
	for i, one := range p.phones {
		if one.Hash != sum || now.Sub(one.PairedAt) >= Lifetime {
			continue
		}
		if now.Sub(one.SeenAt) >= seenStep {
			p.phones[i].SeenAt = now
			if err := p.save(); err != nil {
				p.log.Warn("cannot save when a phone was used", "error", err)
			}
		}
		return true
	}
	return false
}

// Phones returns the paired phones; the one that was seen last comes first.
func (p *Pairing) Phones() []Phone {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []Phone{}
	for _, one := range p.phones {
		if time.Since(one.PairedAt) < Lifetime {
			out = append(out, one.Phone)
		}
	}
	slices.SortStableFunc(out, func(a, b Phone) int { return b.SeenAt.Compare(a.SeenAt) })
	return out
}

// Remove ends the session of a phone. The error is ErrUnknown.
func (p *Pairing) Remove(id string) error {
	if err := p.remove(func(r record) bool { return r.ID == id }); err != nil {
		return err
	}
	p.onChange()
	return nil
}

// End ends a session, because its phone logs out.
func (p *Pairing) End(session string) {
	sum := hash(session)
	if p.remove(func(r record) bool { return r.Hash == sum }) == nil {
		p.onChange()
	}
}

func (p *Pairing) remove(which func(record) bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(p.phones), which)
	if len(left) == len(p.phones) {
		return stream.Errorf(ErrUnknown, "this phone is not paired")
	}
	p.phones = left
	return p.save()
}

// save stores the phones; the caller holds p.mu.
func (p *Pairing) save() error {
	doc, err := json.Marshal(p.phones)
	if err != nil {
		return err
	}
	return p.docs.Save(doc)
}

func hash(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:])
}

// clean returns a name for a list: one line without invisible characters.
func clean(name string) string {
	return cmp.Or(stream.Truncate(stream.SingleLine(name), maxName), "Phone")
}

// Access says how phones reach the remote of the window.
type Access struct {
	Available     bool       `json:"available" doc:"Whether this is Gridwall's window, which can let phones in. False on a server: there, the server's own address and access apply."`
	On            bool       `json:"on" doc:"Whether the window listens on the local network: the setting ui.remote."`
	Addresses     []string   `json:"addresses" nullable:"false" doc:"The addresses of the remote in the local network."`
	Code          string     `json:"code" doc:"The code that a phone needs to pair; empty if there is none."`
	CodeExpiresAt *time.Time `json:"code_expires_at" nullable:"true"`
	Phones        []Phone    `json:"phones" nullable:"false" doc:"The paired phones; the one that was used last is first."`
	Error         *string    `json:"error" nullable:"true" doc:"Why the window cannot listen."`
}
