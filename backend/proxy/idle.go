package proxy

import (
	"slices"
	"time"
)

// maxListings bounds the renditions of a stream whose playlists are held in memory; a playlist can have 16 MiB, and a
// multivariant playlist can name hundreds. The others continue with their numbers, as after a restart.
const maxListings = 32

// restRenditions drops the playlists that were last asked for the longest ago, if a stream holds too many.
func (f *feed) restRenditions() {
	f.mu.Lock()
	var held []*rendition
	for _, r := range f.renditions {
		held = append(held, r)
	}
	f.mu.Unlock()
	held = slices.DeleteFunc(held, func(r *rendition) bool { return r.current() == nil })
	if len(held) <= maxListings {
		return
	}
	at := map[*rendition]time.Time{}
	for _, r := range held {
		at[r] = time.Unix(0, r.asked.Load())
	}
	slices.SortFunc(held, func(a, b *rendition) int { return at[a].Compare(at[b]) })
	for _, r := range held[:len(held)-maxListings] {
		r.timeline.Reset()
	}
}
