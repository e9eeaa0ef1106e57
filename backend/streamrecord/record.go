package streamrecord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gridwall/backend/renditions"
	"gridwall/backend/timeline"
)

const (
	// Max bounds a feed's record in the database, in bytes. What a stream with more names, keys and init sections
	// than this has room for loses is what was played the longest ago: it gets its name and its numbers again as a new
	// stream does.
	Max = 64 << 10
	// MaxOld bounds what is read: versions before this bound wrote records without one. A greater one is dropped.
	MaxOld = 16 * Max
)

// Record is what of a feed outlives the process.
type Record struct {
	Names      map[string]renditions.Description `json:"names,omitempty"`
	Inherit    []string                          `json:"inherit,omitempty"`
	Renditions map[string]timeline.Record        `json:"renditions,omitempty"`
}

// Parse reads a record.
func Parse(raw []byte) (rec Record, err error) {
	if len(raw) > MaxOld {
		return rec, fmt.Errorf("its record has %d bytes, more than %d", len(raw), MaxOld)
	}
	err = json.Unmarshal(raw, &rec)
	return rec, err
}

// Marshal returns the record in at most Max bytes; cut reports whether something was left out. listed are the names of the
// newest multivariant playlist.
func (rec *Record) Marshal(listed map[string]bool) (raw []byte, cut bool, err error) {
	if raw, err = json.Marshal(rec); err != nil || len(raw) <= Max {
		return raw, false, err
	}
	short := Record{Names: map[string]renditions.Description{}, Renditions: map[string]timeline.Record{}}
	left := room(Max - len(`{"names":{},"inherit":[],"renditions":{}}`))
	// The renditions that were played last come first, each with its name; then the names that are listed now.
	for _, name := range slices.SortedFunc(maps.Keys(rec.Renditions), rec.later) {
		rr := rec.Renditions[name].Trimmed()
		if d, ok := rec.Names[name]; ok && left.take(name, d) {
			short.Names[name] = d
		}
		if left.take(name, rr) {
			short.Renditions[name] = rr
		}
	}
	for _, host := range rec.Inherit {
		if left.take("", host) {
			short.Inherit = append(short.Inherit, host)
		}
	}
	for _, now := range [...]bool{true, false} {
		for _, name := range slices.Sorted(maps.Keys(rec.Names)) {
			if _, done := short.Names[name]; !done && listed[name] == now && left.take(name, rec.Names[name]) {
				short.Names[name] = rec.Names[name]
			}
		}
	}
	raw, err = json.Marshal(short)
	return raw, true, err
}

// room is how many bytes are left in a record.
type room int

// take takes what v needs under its key, and reports whether there was room for it.
func (r *room) take(key string, v any) bool {
	text, err := json.Marshal(map[string]any{key: v})
	if err != nil || len(text) > int(*r) {
		return false
	}
	*r -= room(len(text))
	return true
}

// later puts the rendition first that was played last.
func (rec *Record) later(a, b string) int {
	ra, rb := rec.Renditions[a], rec.Renditions[b]
	return cmp.Or(rb.LastShown().Compare(ra.LastShown()), cmp.Compare(a, b))
}
