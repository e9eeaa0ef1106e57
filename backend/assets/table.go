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
	// maxBytes bounds the memory, in bytes, of a stream's addresses outside of its timelines: session data, session keys,
	// assets and their segments. It has room for about 30,000. Beyond it those go that were named or used the longest ago.
	maxBytes = 8 << 20
	// overhead is about what an address takes beside its text.
	overhead = 256
	// Idle is for how long an address is known after a playlist has last named it, or a player has asked for it or for
	// what it names. One that is asked for later is found by writing the playlists again.
	Idle = time.Minute
	// maxKept bounds for how long an address is known because what named it is in use. A list of assets can name others
	// each time that it is read; so what it named once must do for as long as a player plays that.
	maxKept = time.Hour
	// maxLineage bounds how many addresses of this kind one stands below: an asset list, its asset's multivariant playlist, a
	// media playlist of that, a segment. What stands deeper does not say in its name what it was named by.
	maxLineage = 5
)

// Kind is the known state of an address outside of the timelines.
type Kind int

const (
	Any      Kind = iota // its bytes decide: a playlist is written again, all else is passed on
	Playlist             // an interstitial's asset, or a rendition of one
	List                 // the JSON of an X-ASSET-LIST (RFC 8216bis, appendix D.2)
	Key                  // a session key of 16 bytes, Key256 one of 32
	Key256
)

// KindOf returns the kind of what a playlist names under a tag or an attribute.
func KindOf(tag string) Kind {
	switch tag {
	case "X-ASSET-URI":
		return Playlist
	case "X-ASSET-LIST":
		return List
	}
	return Any
}

// Asset is an address that stands outside of the timelines.
type Asset struct {
	URI    string
	Parent *timeline.Parent
	Kind   Kind
	// Rendition is the one whose playlist names it; "" for another's.
	Rendition string
}

// Ref returns where it is to be fetched.
func (a *Asset) Ref() timeline.Ref {
	return timeline.Ref{URI: a.URI, Range: hls.ByteRange{Length: -1}, Parent: a.Parent, Listed: true}
}

// Table holds a stream's addresses outside of its timelines, by name. It is safe for concurrent use, and calls nothing
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
	at    time.Time // when it was last named or used, or found to be kept
	named time.Time // when a playlist last named it
	read  time.Time // when the playlist under this address was last read, and what it names was named; zero: never
	// readUnder is the generation of the token under which that was; soughtUnder the one under which what names this address
	// was last read again for it.
	readUnder, soughtUnder uint64
}

// New returns an empty table.
func New(resolve timeline.Resolver) *Table {
	return &Table{resolve: resolve, index: map[string]*list.Element{}, order: list.New()}
}

func (e *entry) size() int { return len(e.URI) + len(e.name) + overhead }

// ParentOf returns the name of the address that named the one of this name; ok is false if that was a playlist of the
// stream itself.
func ParentOf(name string) (parent string, ok bool) {
	_, parent, ok = strings.Cut(name, "-")
	return parent, ok
}

// Name gives an address its token-free name, and records that a playlist names it. parent is the name of the address under
// which that playlist stands, "" for the stream's own: it becomes part of the name, so that after a restart, or with a
// fresh token, the address can be found again where it was named.
func (t *Table) Name(a Asset, parent string, now time.Time) string {
	what := a.URI
	if u, err := t.resolve(a.Parent.URL, a.URI); err == nil {
		what = timeline.Identity(u.String())
		// Edges change, the hosts of others (an advertisement's, a key server's) do not: there the host is part of the name.
		if u.Host != a.Parent.URL.Host {
			what = u.Host + what
		}
	}
	sum := sha256.Sum256([]byte(what))
	name := hex.EncodeToString(sum[:10])
	if parent != "" && strings.Count(parent, "-") < maxLineage-1 {
		name += "-" + parent
	}
	t.put(name, a, now)
	return name
}

// put records that a playlist names a. Nothing of the playlist's text is kept.
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

// Len returns how many addresses are known.
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

// Use returns the address of a name for a player: it stays known, and so do those that led to it.
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

// Sought reports whether what names the address was read under this generation of the token, and no longer names it: a
// list of assets can differ each time. The address that is known has to do then, until it is refused.
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

// SetSought records that what names the address was read again for it.
func (t *Table) SetSought(name string, generation uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.soughtUnder = max(e.soughtUnder, generation)
	}
}

// ReadSince reports whether the playlist under the address was read at that moment or later, and is known under this
// generation.
func (t *Table) ReadSince(name string, generation uint64, at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.get(name)
	return e != nil && e.Parent.Generation >= generation && !e.read.Before(at)
}

// SetRead records that the playlist under the address was requested then, and all that it names was named.
func (t *Table) SetRead(name string, generation uint64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.read, e.readUnder = at, generation
	}
}

// Sweep forgets what was neither named nor used for Idle. What it was named by keeps it, while that is in use: a player
// goes through a list from its beginning to its end, and reads it once.
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
