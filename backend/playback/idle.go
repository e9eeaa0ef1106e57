package playback

import (
	"slices"
	"time"
)

// MaxListings bounds the renditions of a stream whose playlists are kept in memory: a playlist can have 16 MiB, and a
// multivariant playlist can list hundreds. The others continue with their numbers, as after a restart.
const MaxListings = 32

// dropOldPlaylists drops the least recently requested playlists of a stream beyond MaxListings.
func (f *Stream) dropOldPlaylists() {
	f.mu.Lock()
	var held []*Rendition
	for _, r := range f.renditions {
		held = append(held, r)
	}
	f.mu.Unlock()
	held = slices.DeleteFunc(held, func(r *Rendition) bool { return r.Current() == nil })
	if len(held) <= MaxListings {
		return
	}
	at := map[*Rendition]time.Time{}
	for _, r := range held {
		at[r] = time.Unix(0, r.requested.Load())
	}
	slices.SortFunc(held, func(a, b *Rendition) int { return at[a].Compare(at[b]) })
	for _, r := range held[:len(held)-MaxListings] {
		r.Timeline.Reset()
	}
}
