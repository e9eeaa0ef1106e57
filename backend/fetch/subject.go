package fetch

import "gridwall/backend/timeline"

// Subject is what a request is for. Pauses between renewals, and what is known of a token, are kept for each subject: the
// media of a rendition is one of its own, since where it is refused for good while the playlist is had, the playlist's
// success must not end the pause. The zero Subject is the stream itself.
type Subject struct {
	Name string
	// Media is the timeline of the rendition whose media it is: its other segments show whether a token is still good. nil
	// for all that is not a rendition's media.
	Media *timeline.Timeline
	// Asset is set for what stands outside of the stream's timelines. An advertisement's server that fails, or answers 400,
	// says nothing of the stream's token.
	Asset bool
}

// established returns media that a token of this generation should open, at least behind segments older than the newest
// one.
func (s Subject) established(generation uint64, behind int64) (out []Object) {
	refs, snapshot := s.Media.Established(generation, behind)
	for _, ref := range refs {
		out = append(out, Object{Ref: ref, Expected: Expected{Expected: Expects(snapshot, ref.URI)}})
	}
	return out
}

// absent names, for the pauses, those things of a subject that are listed and not there: they say nothing of the others.
func (s Subject) absent() string { return s.Name + "/absent" }
