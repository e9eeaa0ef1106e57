package proxy

import (
	"slices"
	"time"
)

// A balancer can send each request for a playlist to another server. Where those number or name their segments differently
// and nothing tells which are the same, a stream would start over with each reload. So the one that was taken last is kept
// to, as long as it comes; a server that was seen before and left is a rival.

const (
	// maxRivals bounds the servers that are remembered of one rendition.
	maxRivals = 4
	// rivalSegments is by how many of its newest segments a server is known again.
	rivalSegments = 8
	// maxShifts bounds the offsets that are known of a rendition's servers.
	maxShifts = 8
	// againTries is how often a playlist is asked for again at once where a rival or one that lags has answered.
	againTries = 3
)

// rival is a server whose playlist was left for another one's under the same token.
type rival struct {
	generation uint64
	host       string
	paths      []string // of its newest segments, without tokens
}

func rivalOf(l *listing) rival {
	v := rival{generation: l.origin.generation, host: l.origin.base.Host}
	segs := l.media.Segments
	for i := max(0, len(segs)-rivalSegments); i < len(segs); i++ {
		v.paths = append(v.paths, pathOf(segs[i].URI, l.origin))
	}
	return v
}

// is reports whether two playlists come from one server: they share a segment.
func (v *rival) is(o *rival) bool {
	return v.generation == o.generation && v.host == o.host &&
		slices.ContainsFunc(v.paths, func(p string) bool { return p != "" && slices.Contains(o.paths, p) })
}

// left notes that the current playlist is left for one that continues it only with a discontinuity.
func (r *rendition) left(cur *listing) {
	v := rivalOf(cur)
	r.rivals = slices.DeleteFunc(r.rivals, func(o rival) bool { return o.generation != v.generation })
	if len(r.rivals) >= maxRivals {
		r.rivals = slices.Delete(r.rivals, 0, 1)
	}
	r.rivals = append(r.rivals, v)
}

// isRival reports whether l comes from a server that was left, while the one that was taken in its place still answers.
func (r *rendition) isRival(l *listing) bool {
	if r.snap == nil || l.at.Sub(r.agreed) >= staleTargets*max(l.media.TargetDuration, time.Second) {
		return false
	}
	v := rivalOf(l)
	for i := range r.rivals {
		if r.rivals[i].is(&v) {
			r.rivals[i] = v // its window slides on
			return true
		}
	}
	return false
}

// jumps reports whether f's numbers leave out more than can have come since the known playlist was asked for.
func (f fresh) jumps(known window, shift int64) bool {
	_, last, ok := known.bounds()
	if !ok || len(f.media.Segments) == 0 {
		return false
	}
	left := f.media.MSN + f.media.Skipped + shift - last - 1
	return left > staleTargets+int64(f.at.Sub(known.mark(last).At)/f.typical())
}

// newShift reports whether an offset was not known yet.
func (r *rendition) newShift(shift int64) bool {
	if slices.Contains(r.shifts, shift) {
		return false
	}
	if len(r.shifts) >= maxShifts {
		r.shifts = slices.Delete(r.shifts, 0, 1)
	}
	r.shifts = append(r.shifts, shift)
	return true
}
