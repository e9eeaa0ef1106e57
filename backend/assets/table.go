package assets

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/timeline"
)

const (
	// maxBytes bounds the memory, in bytes, of a stream's addresses outside its timelines: session data, session keys, assets
	// and their segments. It has room for about 30,000. Beyond it, the least recently named or used addresses are dropped.
	maxBytes = 8 << 20
	// overhead is roughly the memory of an address besides its text, in bytes.
	overhead = 256
	// Idle is how long an address is kept after a playlist last named it, or a player last requested it or something that it
	// names. An address that is requested later is found again by rewriting the playlists.
	Idle = time.Minute
	// maxKept bounds how long an address is kept because its parent is in use. A list of assets can name others each time it
	// is read, so the addresses that it named once must last for as long as a player plays it.
	maxKept = time.Hour
	// maxLineage bounds the ancestors in a name: an asset list, its asset's multivariant playlist, a media playlist of that, a
	// segment. Deeper names do not include their parent.
	maxLineage = 5
)

// Kind is the expected content of an address outside the timelines.
type Kind int

const (
	Any      Kind = iota // decided by the content: a playlist is rewritten, anything else is passed through
	Playlist             // an interstitial's asset, or a rendition of one
	List                 // the JSON of an X-ASSET-LIST (RFC 8216bis, appendix D.2)
	Key                  // a session key of 16 bytes
	Key256               // a session key of 32 bytes
)

// KindOf returns the kind of an address that a playlist gives under a tag or an attribute.
func KindOf(tag string) Kind {
	switch tag {
	case "X-ASSET-URI":
		return Playlist
	case "X-ASSET-LIST":
		return List
	}
	return Any
}

// Asset is an address outside the timelines.
type Asset struct {
	URI    string
	Parent *timeline.Parent
	Kind   Kind
	// Rendition is the rendition whose playlist names it; "" if another playlist does.
	Rendition string
}

// Ref returns the address in the form that is fetched.
func (a *Asset) Ref() timeline.Ref {
	return timeline.Ref{URI: a.URI, Range: hls.ByteRange{Length: -1}, Parent: a.Parent, Listed: true}
}

// Table holds a stream's addresses outside its timelines, by name. It is safe for concurrent use, and calls no other package
// while it is locked.
type Table struct {
	resolve timeline.Resolver

	mu    sync.Mutex
	index map[string]*list.Element
	order *list.List // of *entry, by at
	bytes int
}

type entry struct {
	name string
	Asset
	at    time.Time // when it was last named or used, or kept for its parent
	named time.Time // when a playlist last named it
	read  time.Time // when the playlist at this address was last read and its addresses were named; zero: never
	// readUnder is the token's generation at read; soughtUnder is the generation under which the parent was last read again to
	// find this address.
	readUnder, soughtUnder uint64
}

// New returns an empty table.
func New(resolve timeline.Resolver) *Table {
	return &Table{resolve: resolve, index: map[string]*list.Element{}, order: list.New()}
}

func (e *entry) size() int { return len(e.URI) + len(e.name) + overhead }

// ParentOf returns the name of the address that named this one; ok is false if a playlist of the stream itself did.
func ParentOf(name string) (parent string, ok bool) {
	_, parent, ok = strings.Cut(name, "-")
	return parent, ok
}

// Name returns the token-free name of an address, and records that a playlist names it. parent is the name of that playlist's
// own address, "" for the stream's playlists. It becomes part of the name, so that after a restart, or with a fresh token, the
// address can be found by reading that playlist again.
func (t *Table) Name(a Asset, parent string, now time.Time) string {
	identity := a.URI
	if u, err := t.resolve(a.Parent.URL, a.URI); err == nil {
		identity = timeline.Identity(u.String())
		// A stream's edges change, third-party hosts (of advertisements, key servers) do not: those are part of the name.
		if u.Host != a.Parent.URL.Host {
			identity = u.Host + identity
		}
	}
	sum := sha256.Sum256([]byte(identity))
	name := hex.EncodeToString(sum[:10])
	if parent != "" && strings.Count(parent, "-") < maxLineage-1 {
		name += "-" + parent
	}
	t.put(name, a, now)
	return name
}

// put records that a playlist names a. It copies the address, so that the playlist's text can be freed.
func (t *Table) put(name string, a Asset, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if el := t.index[name]; el != nil {
		e := el.Value.(*entry)
		t.bytes -= e.size()
		if e.URI == a.URI {
			a.URI = e.URI
		} else {
			a.URI = strings.Clone(a.URI)
		}
		e.Asset, e.at, e.named = a, now, now
		t.bytes += e.size()
		t.order.MoveToBack(el)
	} else {
		a.URI = strings.Clone(a.URI)
		e := &entry{name: name, Asset: a, at: now, named: now}
		t.index[name] = t.order.PushBack(e)
		t.bytes += e.size()
	}
	for t.bytes > maxBytes && t.order.Len() > 1 {
		t.drop(t.order.Front())
	}
}

// Len returns the number of known addresses.
func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.order.Len()
}

func (t *Table) get(name string) *entry {
	if el := t.index[name]; el != nil {
		return el.Value.(*entry)
	}
	return nil
}

// Use returns the address that a player requested by name, and keeps it and its ancestors for another Idle.
func (t *Table) Use(name string, now time.Time) (Asset, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.get(name)
	if found == nil {
		return Asset{}, false
	}
	for ok := true; ok; name, ok = ParentOf(name) {
		if el := t.index[name]; el != nil {
			el.Value.(*entry).at = now
			t.order.MoveToBack(el)
		}
	}
	return found.Asset, true
}

// Sought reports whether the address's parent was already read under this generation of the token and no longer names it: a
// list of assets can differ each time. The known address is then used until it is refused.
func (t *Table) Sought(name string, generation uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil && e.soughtUnder >= generation {
		return true
	}
	parent, _ := ParentOf(name)
	e := t.get(parent)
	return e != nil && e.readUnder >= generation
}

// SetSought records that the address's parent was read again, under this generation, to find it.
func (t *Table) SetSought(name string, generation uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.soughtUnder = max(e.soughtUnder, generation)
	}
}

// ReadSince reports whether the playlist at the address was read at that time or later, and has an address of this
// generation.
func (t *Table) ReadSince(name string, generation uint64, at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.get(name)
	return e != nil && e.Parent.Generation >= generation && !e.read.Before(at)
}

// SetRead records that the playlist at the address was requested at that time, and that its addresses were named.
func (t *Table) SetRead(name string, generation uint64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.read, e.readUnder = at, generation
	}
}

// Sweep drops the addresses that were neither named nor used for Idle. An address whose parent is in use is kept for up to
// maxKept: a player reads a list once and plays it from start to end.
func (t *Table) Sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := now.Add(-Idle)
	for el := t.order.Front(); el != nil && el.Value.(*entry).at.Before(before); el = t.order.Front() {
		e := el.Value.(*entry)
		parent, _ := ParentOf(e.name)
		if p := t.get(parent); p != nil && !p.at.Before(before) && now.Sub(e.named) < maxKept {
			e.at = now
			t.order.MoveToBack(el)
			continue
		}
		t.drop(el)
	}
}

func (t *Table) drop(el *list.Element) {
	e := el.Value.(*entry)
	t.order.Remove(el)
	delete(t.index, e.name)
	t.bytes -= e.size()
}
