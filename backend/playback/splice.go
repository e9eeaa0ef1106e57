package playback

import (
	"time"

	"gridwall/backend/renditions"
	"gridwall/backend/timeline"
)

// What backend/spares needs to continue a stream with another one.

// RootPlaylist is the playlist at a stream's URL.
type RootPlaylist = rootPlaylist

// Name returns the name of the rendition.
func (r *Rendition) Name() string { return r.name }

// SetWarmed records that the playlist is read so that the rendition can continue another stream. As long as no player requests it,
// the DVR window then costs no segments.
func (r *Rendition) SetWarmed() { r.warmed.Store(true) }

// SetWanted records that a player requests the playlist.
func (r *Rendition) SetWanted() { r.wanted.Store(time.Now().UnixNano()) }

// onlyWarm reports whether the playlist is read only so that the rendition can continue another stream.
func (r *Rendition) onlyWarm() bool {
	return r.warmed.Load() && time.Since(time.Unix(0, r.wanted.Load())) > playingFor
}

// Root returns the playlist at the stream's URL as it was last read; nil if it never was.
func (f *Stream) Root() *rootPlaylist {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.root
}

// Descriptions returns the known renditions by name. The caller must not change the map.
func (f *Stream) Descriptions() map[string]renditions.Description {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.names // replaced, never changed
}

// Entries returns the segments of a snapshot of r, with the retained ones before it.
func (f *Stream) Entries(r *Rendition, s *timeline.Snapshot) []timeline.Entry {
	return r.Timeline.Entries(s, f.window(r), links{f, r.name})
}

// RenderForeign returns the text of a snapshot of r that continues another stream.
func (f *Stream) RenderForeign(r *Rendition, s *timeline.Snapshot, a timeline.Addressing, as timeline.Foreign) []byte {
	return s.RenderForeign(as, a, links{f, r.name})
}

// Holds reports whether a segment of r can be served without a request to the upstream.
func (f *Stream) Holds(r *Rendition, leaf string) bool {
	key := r.CacheKey(leaf)
	return f.Store.Has(key) || f.Files.Has(key)
}

func (f *Stream) window(r *Rendition) timeline.Window {
	key := r.CacheKey("")
	return timeline.Window{Length: f.Files.Length(), Now: time.Now(), Retained: func(leaf string) bool { return f.Files.Has(key + leaf) }}
}
