package timeline

import (
	"slices"
	"time"

	"gridwall/backend/numbering"
)

// A balancer can send each request for a playlist to another server. Where those number or name their segments differently
// and nothing tells which are the same, a stream would start over with each reload. So the server that was taken last is
// kept to, as long as its playlist comes; one that was seen before and left is a rival.

const (
	// maxRivals bounds the servers that are remembered of one rendition.
	maxRivals = 4
	// rivalSegments is by how many of its newest segments a server is recognised.
	rivalSegments = 8
	// maxShifts bounds the shifts that are known of a rendition's servers.
	maxShifts = 8
)

// rival is a server whose playlist was left for another one's under the same token.
type rival struct {
	generation uint64
	host       string
	paths      []string // of its newest segments, without tokens
}

func (t *Timeline) rivalOf(p *Playlist) rival {
	v := rival{generation: p.Parent.Generation, host: p.Parent.URL.Host}
	segs := p.Media.Segments
	for i := max(0, len(segs)-rivalSegments); i < len(segs); i++ {
		v.paths = append(v.paths, t.resolve.Of(segs[i].URI, p.Parent))
	}
	return v
}

// is reports whether two playlists come from one server: they share a segment.
func (v *rival) is(o *rival) bool {
	return v.generation == o.generation && v.host == o.host &&
		slices.ContainsFunc(v.paths, func(p string) bool { return p != "" && slices.Contains(o.paths, p) })
}

// left records that the current playlist is left for one that continues it only with a discontinuity.
func (t *Timeline) left(cur *Playlist) {
	v := t.rivalOf(cur)
	t.rivals = slices.DeleteFunc(t.rivals, func(o rival) bool { return o.generation != v.generation })
	if len(t.rivals) >= maxRivals {
		t.rivals = slices.Delete(t.rivals, 0, 1)
	}
	t.rivals = append(t.rivals, v)
}

// isRival reports whether p comes from a server that was left, while the one that was taken instead still answers.
func (t *Timeline) isRival(p *Playlist) bool {
	if t.shown == nil || p.At.Sub(t.agreed) >= numbering.LagTargets*max(p.Media.TargetDuration, time.Second) {
		return false
	}
	v := t.rivalOf(p)
	for i := range t.rivals {
		if t.rivals[i].is(&v) {
			t.rivals[i] = v // its window slides on
			return true
		}
	}
	return false
}

// addShift records a shift of one of the servers, and reports whether it is new.
func (t *Timeline) addShift(shift int64) bool {
	if slices.Contains(t.shifts, shift) {
		return false
	}
	if len(t.shifts) >= maxShifts {
		t.shifts = slices.Delete(t.shifts, 0, 1)
	}
	t.shifts = append(t.shifts, shift)
	return true
}
