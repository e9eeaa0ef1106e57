package fetch

import "gridwall/backend/timeline"

// Subject is what a request is for. Pauses between renewals, and whether a token has worked, are recorded for each subject. A
// rendition's media are a separate subject from its playlist: if the media are refused permanently while the playlist still
// works, the playlist's success must not end the pause. The zero Subject is the stream itself.
type Subject struct {
	Name string
	// Media is the timeline of the rendition whose media are requested: its other segments show whether a token is still
	// valid. nil if the request is not for a rendition's media.
	Media *timeline.Timeline
	// Asset is set for objects outside the stream's timelines. An advertisement server that fails, or answers 400, says
	// nothing about the stream's token.
	Asset bool
}

// established returns listed segments, at least behind segments older than the newest one, that a valid token of this
// generation can fetch.
func (s Subject) established(generation uint64, behind int64) (out []Object) {
	refs, snapshot := s.Media.Established(generation, behind)
	for _, ref := range refs {
		out = append(out, Object{Ref: ref, Expected: Expected{Expected: Expects(snapshot, ref.URI)}})
	}
	return out
}

// absentKey is the key of the pauses for a subject's objects that are listed but missing: they say nothing about the others.
func (s Subject) absentKey() string { return s.Name + "/absent" }
