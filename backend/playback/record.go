package playback

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gridwall/backend/fetch"
	"gridwall/backend/renditions"
	"gridwall/backend/timeline"
)

const (
	// MaxRecord bounds a feed's record in the database, in bytes. What a stream with more names, keys and init sections
	// than this has room for loses is what was played the longest ago: it gets its name and its numbers again as a new
	// stream does.
	MaxRecord = 64 << 10
	// MaxOldRecord bounds what is read: versions before this bound wrote records without one. A greater one is dropped.
	MaxOldRecord = 16 * MaxRecord
)

// Record is what of a feed outlives the process.
type Record struct {
	Names      map[string]renditions.Description `json:"names,omitempty"`
	Inherit    []string                          `json:"inherit,omitempty"`
	Renditions map[string]timeline.Record        `json:"renditions,omitempty"`
}

// restore takes in what an earlier process knew of the feed. No one else has the feed yet.
func (f *Stream) restore(raw []byte) error {
	if len(raw) > MaxOldRecord {
		return fmt.Errorf("its record has %d bytes, more than %d", len(raw), MaxOldRecord)
	}
	var rec Record
	if err := json.Unmarshal(raw, &rec); err != nil {
		return err
	}
	for name, d := range rec.Names {
		f.names[name] = d.Bounded()
	}
	for _, h := range rec.Inherit[:min(len(rec.Inherit), fetch.MaxInherit)] {
		f.Fetcher.Inherit[h] = true
	}
	for name, rr := range rec.Renditions {
		f.renditionLocked(name).Timeline.Restore(rr)
	}
	return nil
}

// Save writes what is to outlive the process, where it changed.
func (f *Stream) Save() error {
	f.saving.Lock() // an older record must not overtake a newer one, and what returns has been written
	defer f.saving.Unlock()
	f.mu.Lock()
	if !f.dirty {
		f.mu.Unlock()
		return nil
	}
	f.dirty, f.urgent = false, false
	rec := Record{Names: maps.Clone(f.names), Renditions: map[string]timeline.Record{}, Inherit: f.Inheriting()}
	for name, r := range f.renditions {
		if rr, ok := r.Timeline.Record(); ok {
			rec.Renditions[name] = rr
		}
	}
	listed := map[string]bool{}
	if f.master != nil {
		for _, name := range f.master.Names {
			listed[name] = true
		}
	}
	trimmed := f.trimmed
	f.mu.Unlock()
	raw, cut, err := rec.marshal(listed)
	if err == nil {
		err = f.memory.Save(f.ID, raw)
	}
	if err != nil {
		f.Touch(true)
		return fmt.Errorf("stream %s: %w", f.ID, err)
	}
	if cut && !trimmed {
		f.mu.Lock()
		f.trimmed = true
		f.mu.Unlock()
		f.Log.Warn("this stream has more renditions, keys and init sections than are remembered over a restart", "stream", f.ID, "max_bytes", MaxRecord)
	}
	return nil
}

// marshal returns the record in at most MaxRecord bytes; cut reports whether something was left out. listed are the names of the
// newest multivariant playlist.
func (rec *Record) marshal(listed map[string]bool) (raw []byte, cut bool, err error) {
	if raw, err = json.Marshal(rec); err != nil || len(raw) <= MaxRecord {
		return raw, false, err
	}
	short := Record{Names: map[string]renditions.Description{}, Renditions: map[string]timeline.Record{}}
	left := MaxRecord - len(`{"names":{},"inherit":[],"renditions":{}}`)
	// fits takes what v needs off what is left, if it is there.
	fits := func(key string, v any) bool {
		text, err := json.Marshal(map[string]any{key: v})
		if err != nil || len(text) > left {
			return false
		}
		left -= len(text)
		return true
	}
	// The renditions that were played last come first, each with its name; then the names that are listed now.
	for _, name := range slices.SortedFunc(maps.Keys(rec.Renditions), rec.later) {
		rr := rec.Renditions[name].Trimmed()
		if d, ok := rec.Names[name]; ok && fits(name, d) {
			short.Names[name] = d
		}
		if fits(name, rr) {
			short.Renditions[name] = rr
		}
	}
	for _, host := range rec.Inherit {
		if fits("", host) {
			short.Inherit = append(short.Inherit, host)
		}
	}
	for _, now := range [...]bool{true, false} {
		for _, name := range slices.Sorted(maps.Keys(rec.Names)) {
			if _, done := short.Names[name]; !done && listed[name] == now && fits(name, rec.Names[name]) {
				short.Names[name] = rec.Names[name]
			}
		}
	}
	raw, err = json.Marshal(short)
	return raw, true, err
}

// later puts the rendition first that was played last.
func (rec *Record) later(a, b string) int {
	ra, rb := rec.Renditions[a], rec.Renditions[b]
	return cmp.Or(rb.LastShown().Compare(ra.LastShown()), cmp.Compare(a, b))
}
