package playback

import (
	"fmt"
	"maps"

	"gridwall/backend/streamrecord"
	"gridwall/backend/timeline"
)

// restore reads the record of an earlier process. The stream is not shared yet.
func (f *Stream) restore(raw []byte) error {
	rec, err := streamrecord.Parse(raw)
	if err != nil {
		return err
	}
	for name, d := range rec.Names {
		f.names[name] = d.Bounded()
	}
	f.RestoreInheriting(rec.Inherit)
	for name, rr := range rec.Renditions {
		f.renditionLocked(name).Timeline.Restore(rr)
	}
	return nil
}

// Save writes the stream's record if it has changed.
func (f *Stream) Save() error {
	f.saving.Lock() // an older record must not overwrite a newer one
	defer f.saving.Unlock()
	f.mu.Lock()
	if !f.dirty && !f.InheritingChanged() {
		f.mu.Unlock()
		return nil
	}
	f.dirty, f.urgent = false, false
	rec := streamrecord.Record{Names: maps.Clone(f.names), Renditions: map[string]timeline.Record{}, Inherit: f.Inheriting()}
	for name, r := range f.renditions {
		if rr, ok := r.Timeline.Record(); ok {
			rec.Renditions[name] = rr
		}
	}
	listed := map[string]bool{}
	if f.root != nil {
		for _, name := range f.root.Names {
			listed[name] = true
		}
	}
	trimmed := f.trimmed
	f.mu.Unlock()
	raw, cut, err := rec.Marshal(listed)
	if err == nil {
		err = f.memory.Save(f.ID, raw)
	}
	if err != nil {
		f.touch(true)
		return fmt.Errorf("stream %s: %w", f.ID, err)
	}
	if cut && !trimmed {
		f.mu.Lock()
		f.trimmed = true
		f.mu.Unlock()
		f.Log.Warn("the stream has more renditions, keys and init sections than its record can hold; some lose their names on restart", "stream", f.ID, "max_bytes", streamrecord.Max)
	}
	return nil
}
