package playback

import (
	"errors"
	"path"
	"slices"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/media"
	"gridwall/backend/renditions"
	"gridwall/backend/response"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// replaced returns an error if m, the playlist at the stream's URL, cannot replace the previous one under the same token. A
// playlist that lists nothing is still being written; one of the other kind, or with other variants at other addresses, is a
// recording instead of the stream. After a renewal any playlist is accepted.
func (f *Stream) replaced(m *rootPlaylist, up stream.Upstream) error {
	if m.Multi != nil && !m.Multi.Playable() {
		return &response.Unexpected{URL: m.origin.URL.String(), Asked: response.AskedStream, Multivariant: true}
	}
	f.mu.Lock()
	old, known := f.root, f.names
	f.mu.Unlock()
	if old == nil || old.origin.Generation != up.Generation {
		return nil
	}
	decoy := false
	switch {
	case old.Multi != nil && m.Multi == nil:
		list, err := hls.ParseMedia(m.body, hls.Env{URL: m.origin.URL})
		if errors.Is(err, hls.ErrVariable) {
			return nil // loading the rendition reports the variable
		}
		if err != nil || timeline.Empty(list) {
			return &response.Unexpected{URL: m.origin.URL.String(), Kind: media.Empty, Asked: "a playlist"}
		}
		decoy = true
	case old.Multi == nil && m.Multi != nil:
		decoy = f.Rendition(MainRendition).Timeline.IsLive(0)
	case old.Multi != nil:
		decoy = !related(old, m, known)
	}
	if !decoy || f.Ended.Load() == up.Generation {
		return nil
	}
	return decoyAt(m.origin, up)
}

// decoyAt returns the refusal for a recording that was returned instead of the live stream.
func decoyAt(o *timeline.Parent, up stream.Upstream) error {
	return &fetch.Refused{Generation: up.Generation, Refused: response.Refused{Recording: true, URL: o.URL.String(), Status: 200}}
}

// related reports whether two multivariant playlists share a variant: by folder, or by the name derived from its
// description.
func related(old, m *rootPlaylist, known map[string]renditions.Description) bool {
	folders := map[string]bool{}
	for i := range old.Multi.Renditions {
		folders[path.Dir(identityOf(old.Multi.Renditions[i].URI, old.origin))] = true
	}
	for i := range m.Multi.Renditions {
		if folders[path.Dir(identityOf(m.Multi.Renditions[i].URI, m.origin))] {
			return true
		}
	}
	if len(old.Multi.Renditions) == 0 || len(m.Multi.Renditions) == 0 {
		return true // only data: addresses, which show nothing
	}
	names, _ := renditions.Names(known, m.Multi.Renditions)
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(old.Names, n) })
}

// misplaced returns an error for a multivariant playlist instead of the rendition's media playlist. One without variants is
// still being written.
func (f *Stream) misplaced(r *Rendition, body []byte, o *timeline.Parent, up stream.Upstream) error {
	if hls.Sniff(body) != hls.KindMultivariant {
		return nil
	}
	if r.Timeline.IsLive(up.Generation) && f.Ended.Load() != up.Generation {
		if multi, err := hls.ParseMultivariant(body, hls.Env{URL: o.URL}); err == nil && multi.Playable() {
			return decoyAt(o, up)
		}
	}
	return &response.Unexpected{URL: o.URL.String(), Asked: "a media playlist", Multivariant: true}
}
