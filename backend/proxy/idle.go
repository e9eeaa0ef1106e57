package proxy

import (
	"slices"
	"time"
)

// maxListings bounds the renditions of a feed of which a playlist is held; a playlist can have 16 MiB, and a multivariant
// playlist name hundreds. Of the others their numbers are known, as after a restart.
const maxListings = 32

// restRenditions lets go of the playlists that were asked for the longest ago, where a feed holds too many.
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
