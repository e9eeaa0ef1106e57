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
	// Max bounds a stream's record in the database, in bytes. If a stream has more names, keys and init sections than fit,
	// the renditions that were played longest ago are left out; they get new names and numbers after a restart.
	Max = 64 << 10
	// MaxOld bounds the records that Parse accepts, in bytes: earlier versions wrote records longer than Max.
	MaxOld = 16 * Max
)

// Record is the state of a stream that survives a restart. Names and Renditions are by the name of the rendition; Inherit
// lists the hosts that need the stream's token.
type Record struct {
	Names      map[string]renditions.Description `json:"names,omitempty"`
	Inherit    []string                          `json:"inherit,omitempty"`
	Renditions map[string]timeline.Record        `json:"renditions,omitempty"`
}

// Parse reads a record. It returns an error if raw is longer than MaxOld, or is not JSON of a record.
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
	// The most recently played renditions come first, each with its name; then the names that are listed now.
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

// room is the number of bytes left in a record.
type room int

// take subtracts the length of v under its key, and reports whether there was room for it.
func (r *room) take(key string, v any) bool {
	text, err := json.Marshal(map[string]any{key: v})
	if err != nil || len(text) > int(*r) {
		return false
	}
	*r -= room(len(text))
	return true
}

// later orders names of renditions, the most recently played first.
func (rec *Record) later(a, b string) int {
	ra, rb := rec.Renditions[a], rec.Renditions[b]
	return cmp.Or(rb.LastShown().Compare(ra.LastShown()), cmp.Compare(a, b))
}
