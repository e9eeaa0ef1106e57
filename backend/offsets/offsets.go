package offsets

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

const (
	// Version is the version of the format in which offsets are exported.
	Version = 1
	// Most is the largest offset in either direction, in ms.
	Most = 60_000
	// maxOffsets bounds the stored offsets; a change that would exceed it is refused with stream.ErrInvalid.
	maxOffsets = 2_000
	// maxText bounds the name of a source, a feed or a kind, in characters.
	maxText = 300
	// MaxBody bounds the JSON of all offsets, in bytes, as All and the exported file have it: each character of the two names of an
	// offset has at most 6 bytes (\u0026), and the rest of it 100, with the file's indentation.
	MaxBody = 1_000 + maxOffsets*(2*6*maxText+100)
)

// Offset is how far the clock of a feed, or of a kind of feeds, is ahead of the others'.
type Offset struct {
	Source string `json:"source" doc:"The key of the source."`
	Feed   string `json:"feed,omitempty" doc:"The feed's title; case and spaces do not matter. An offset has either a feed or a kind."`
	Kind   string `json:"kind,omitempty" doc:"The first words of the titles of several feeds of the source, such as Onboard. The offset of a feed's own title wins, then that of the longest kind."`
	MS     int    `json:"ms" doc:"How far the clock of the feed is ahead (+) of the others' or behind (-), in ms; at most 60000 either way."`
}

// List is all offsets. It is also the format of an exported file.
type List struct {
	Version int      `json:"version" doc:"The version of this format: 1."`
	Offsets []Offset `json:"offsets" nullable:"false" doc:"Sorted by source, kinds before feeds."`
}

// NewOffset sets one offset, or deletes it.
type NewOffset struct {
	Source string `json:"source" doc:"The key of the source."`
	Feed   string `json:"feed,omitempty" doc:"The feed's title; or kind."`
	Kind   string `json:"kind,omitempty" doc:"The first words of the titles of several feeds; or feed."`
	MS     *int   `json:"ms" nullable:"true" doc:"The offset in ms, from -60000 to 60000; null deletes it."`
}

// Change sets and deletes offsets.
type Change struct {
	Version int         `json:"version,omitempty" doc:"The version of the format, as in an exported file; a newer one than 1 is refused."`
	Offsets []NewOffset `json:"offsets" nullable:"false" doc:"The offsets to change; all others stay as they are."`
}

// documents stores the offsets as one document; nil if none was stored.
type documents interface {
	Offsets() ([]byte, error)
	SaveOffsets(doc []byte) error
}

// Offsets stores the offsets. It is safe for concurrent use.
type Offsets struct {
	docs     documents
	onChange func()

	// mu is held while the document is read and changed, so that no change is lost.
	mu sync.Mutex
}

// New returns the offsets stored in docs. onChange is called after a change; no lock is held then.
func New(docs documents, onChange func()) *Offsets { return &Offsets{docs: docs, onChange: onChange} }

// All returns all offsets.
func (o *Offsets) All() (List, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.read()
}

// Put changes the offsets that c names, all or none, and returns all offsets. It changes no others, so that two pages do not
// overwrite each other's changes. The error is stream.ErrInvalid.
func (o *Offsets) Put(c Change) (List, error) {
	if c.Version > Version {
		return List{}, stream.Errorf(stream.ErrInvalid,
			"these offsets have format version %d, from a newer version of Gridwall; this one reads up to %d", c.Version, Version)
	}
	for i, e := range c.Offsets {
		if err := e.check(); err != nil {
			return List{}, stream.Errorf(stream.ErrInvalid, "offset %d: %w", i+1, err)
		}
	}
	list, changed, err := o.put(c.Offsets)
	if err == nil && changed {
		o.onChange()
	}
	return list, err
}

func (o *Offsets) put(entries []NewOffset) (list List, changed bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if list, err = o.read(); err != nil {
		return List{}, false, err
	}
	next := map[key]Offset{}
	for _, one := range list.Offsets {
		next[keyOf(one.Source, one.Feed, one.Kind)] = one
	}
	for _, e := range entries {
		k := keyOf(e.Source, e.Feed, e.Kind)
		if e.MS == nil {
			delete(next, k)
			continue
		}
		next[k] = Offset{Source: stream.SingleLine(e.Source), Feed: stream.SingleLine(e.Feed), Kind: stream.SingleLine(e.Kind), MS: *e.MS}
	}
	if len(next) > maxOffsets {
		return List{}, false, stream.Errorf(stream.ErrInvalid, "%d offsets are the maximum; delete some first", maxOffsets)
	}
	before := list.Offsets
	list.Offsets = make([]Offset, 0, len(next))
	for _, k := range slices.SortedFunc(maps.Keys(next), key.compare) {
		list.Offsets = append(list.Offsets, next[k])
	}
	if slices.Equal(before, list.Offsets) {
		return list, false, nil
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return List{}, false, err
	}
	return list, true, o.docs.SaveOffsets(doc)
}

// read returns the stored offsets. The caller holds o.mu.
func (o *Offsets) read() (List, error) {
	list := List{Version: Version, Offsets: []Offset{}}
	doc, err := o.docs.Offsets()
	if err != nil || len(doc) == 0 {
		return list, err
	}
	if err := json.Unmarshal(doc, &list); err != nil {
		return List{}, err
	}
	list.Version = Version
	return list, nil
}

// key identifies an offset: case, spaces and invisible characters do not matter.
type key struct{ source, feed, kind string }

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.source, other.source), cmp.Compare(k.feed, other.feed), cmp.Compare(k.kind, other.kind))
}

func keyOf(source, feed, kind string) key {
	return key{stream.SingleLine(source), strings.ToLower(stream.SingleLine(feed)), strings.ToLower(stream.SingleLine(kind))}
}

// check returns what is wrong with an entry, or nil.
func (e NewOffset) check() error {
	for _, text := range []struct{ name, value string }{{"source", e.Source}, {"feed", e.Feed}, {"kind", e.Kind}} {
		switch {
		case !utf8.ValidString(text.value) || strings.ContainsFunc(text.value, unicode.IsControl):
			return stream.Errorf(stream.ErrInvalid, "%s must be text without control characters", text.name)
		case utf8.RuneCountInString(text.value) > maxText:
			return stream.Errorf(stream.ErrInvalid, "%s may have at most %d characters", text.name, maxText)
		}
	}
	switch {
	case stream.SingleLine(e.Source) == "":
		return stream.Errorf(stream.ErrInvalid, "source is missing")
	case (stream.SingleLine(e.Feed) == "") == (stream.SingleLine(e.Kind) == ""):
		return stream.Errorf(stream.ErrInvalid, "give either the title of a feed or a kind")
	case e.MS != nil && (*e.MS > Most || *e.MS < -Most):
		return stream.Errorf(stream.ErrInvalid, "ms must be between -%d and %d", Most, Most)
	}
	return nil
}
