package timeline

import (
	"slices"
	"time"

	"gridwall/backend/numbering"
)

// A balancer can send each playlist request to another server. If the servers number or name their segments differently and
// nothing shows which segments are the same, the stream would start over with each reload. So a rendition stays with the
// server that it switched to last, as long as that server answers; a server that it switched away from is a rival.

const (
	// maxRivals bounds the remembered rivals of one rendition.
	maxRivals = 4
	// rivalSegments is how many of its newest segments are remembered to recognise a server.
	rivalSegments = 8
	// maxShifts bounds the remembered shifts of a rendition's servers.
	maxShifts = 8
)

// rival is a server whose playlist was abandoned for another server's under the same token.
type rival struct {
	generation uint64
	host       string
	paths      []string // token-free, of its newest segments
}

// rivalOf returns the server of a playlist.
func (t *Timeline) rivalOf(p *Playlist) rival {
	v := rival{generation: p.Parent.Generation, host: p.Parent.URL.Host}
	segs := p.Media.Segments
	for i := max(0, len(segs)-rivalSegments); i < len(segs); i++ {
		v.paths = append(v.paths, t.resolve.Of(segs[i].URI, p.Parent))
	}
	return v
}

// same reports whether two playlists come from the same server: they share a segment.
func (v *rival) same(o *rival) bool {
	return v.generation == o.generation && v.host == o.host &&
		slices.ContainsFunc(v.paths, func(p string) bool { return p != "" && slices.Contains(o.paths, p) })
}

// addRival records that the current playlist is abandoned for one that can continue it only with a discontinuity.
func (t *Timeline) addRival(cur *Playlist) {
	v := t.rivalOf(cur)
	t.rivals = slices.DeleteFunc(t.rivals, func(o rival) bool { return o.generation != v.generation })
	if len(t.rivals) >= maxRivals {
		t.rivals = slices.Delete(t.rivals, 0, 1)
	}
	t.rivals = append(t.rivals, v)
}

// isRival reports whether p comes from a rival while the server that replaced it still answers.
func (t *Timeline) isRival(p *Playlist) bool {
	if t.shown == nil || p.At.Sub(t.accepted) >= numbering.LagTargets*max(p.Media.TargetDuration, time.Second) {
		return false
	}
	v := t.rivalOf(p)
	for i := range t.rivals {
		if t.rivals[i].same(&v) {
			t.rivals[i] = v // its window slides
			return true
		}
	}
	return false
}

// addShift records the shift of a server, and reports whether it is new.
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
