package proxy

import (
	"slices"
	"strconv"

	"gridwall/backend/hls"
)

// maxRuns bounds the remembered keys (and, apart from them, init sections) of a rendition.
const maxRuns = 64

// run is one key or init section and the player's MSN from which it governs. Runs are persisted: after a restart in
// mid-rotation the address key-{n} still means the same key.
type run struct {
	N        int64  `json:"n"`
	Format   string `json:"format,omitempty"`   // KEYFORMAT of a key
	Identity string `json:"identity,omitempty"` // token-free URI, byte range included
	Place    int    `json:"place,omitempty"`    // which of the key formats it is, from 1; 0 in the records of older versions
}

// runs are the runs of one rendition, ascending by N.
type runs []run

// assign finds the address number of a resource that a playlist lists with the segment number msn. A resource which
// went on governing from an earlier segment keeps its first number, although the playlist has slid on since; known
// is the newest number of the previous playlist. changed reports that the runs must be saved.
//
// another reports that the resource before it in the same playlist has the same identity but another address: what looks
// like a token then tells one from the other (/key?k=<32 hex digits>), so they are two.
func (rs *runs) assign(msn, known int64, atStart, another bool, format, identity string, place int) (n int64, changed bool) {
	i := rs.governing(msn, format)
	if i >= 0 {
		r := &(*rs)[i]
		switch {
		case r.Identity == identity && (!another || r.N == msn):
			return r.N, false
		case r.N == msn, atStart && msn <= known:
			// The same segment was governed by this run before: its key has another URL now (a token in the path).
			r.Identity = identity
			return r.N, true
		}
	}
	*rs = slices.Insert(*rs, rs.after(msn), run{N: msn, Format: format, Identity: identity, Place: place})
	if len(*rs) > maxRuns {
		*rs = slices.Delete(*rs, 0, len(*rs)-maxRuns)
	}
	return msn, true
}

// governing is the index of the newest run of the format that begins at or before msn; -1 where there is none.
func (rs *runs) governing(msn int64, format string) int {
	for i := len(*rs) - 1; i >= 0; i-- {
		if r := (*rs)[i]; r.N <= msn && r.Format == format {
			return i
		}
	}
	return -1
}

func (rs *runs) after(msn int64) int {
	i := len(*rs)
	for i > 0 && (*rs)[i-1].N > msn {
		i--
	}
	return i
}

// void forgets every run: what the numbers meant is gone.
func (rs *runs) void() { *rs = nil }

// resource is a key or an init section that can be asked for by name.
type resource struct {
	uri    string
	rng    hls.ByteRange
	origin *origin
	// data and rend are those of what stands outside of the timeline: its kind, and whose playlist names it.
	data dataKind
	rend *rendition
}

// maxForMap bounds the keys before one segment that are remembered although they govern init sections alone.
const maxForMap = 4

// nameKeys gives the keys of a playlist their names: key-{n}; where several key formats govern from one segment the
// second one is key-{n}-2 and so on. A key that another one replaces before the first segment governs the init section
// between them alone: it is key-{n}-map, a second one before the same segment key-{n}-map2.
func nameKeys(keys []hls.Resource, rs *runs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(keys))
	places := map[string]int{}
	forMap := map[string]int{}       // how many of each format there are before the segment
	before := map[string][2]string{} // identity and address of the last key of each format
	for k, key := range keys {
		format := "key:" + short(key.KeyFormat)
		place, ok := places[format]
		if !ok {
			place = rs.placeOf(format, places)
			places[format] = place
		}
		if k > 0 && keys[k-1].From != key.From {
			clear(forMap)
		}
		suffix := ""
		if place > 1 {
			suffix = "-" + strconv.Itoa(place)
		}
		msn := first + int64(key.From)
		what := [2]string{id(key.URI), key.URI}
		governs := format
		if key.ForMap {
			forMap[format]++
			suffix += "-map"
			if n := forMap[format]; n > 1 {
				suffix += strconv.Itoa(n)
			}
			if forMap[format] > maxForMap {
				names[k] = "key-" + strconv.FormatInt(msn, 10) + suffix
				continue
			}
			governs = "map-" + format + suffix
		}
		b := before[governs]
		before[governs] = what
		n, ch := rs.assign(msn, known, key.From == 0, b[0] == what[0] && b[1] != what[1], governs, what[0], place)
		changed = changed || ch
		names[k] = "key-" + strconv.FormatInt(n, 10) + suffix
	}
	return names, changed
}

// placeOf is which of the key formats a format is, from 1: what its runs say, else the next one that is free. With it a
// format keeps its names when another one leaves the playlist.
func (rs *runs) placeOf(format string, places map[string]int) int {
	taken := map[int]bool{}
	for _, p := range places {
		taken[p] = true
	}
	for i := len(*rs) - 1; i >= 0; i-- {
		r := &(*rs)[i]
		if r.Place > 0 && r.Format == format && !taken[r.Place] {
			return r.Place
		}
	}
	older := true // no run says anything: the order of the playlist decides, as it always did
	for _, r := range *rs {
		if r.Place > 0 {
			older, taken[r.Place] = false, true
		}
	}
	if older {
		return len(places) + 1
	}
	p := 1
	for taken[p] {
		p++
	}
	return p
}

// nameMaps gives the media initialization sections of a playlist their names. Of several before one segment only the last
// holds for it; the others share its name.
func nameMaps(maps []hls.Resource, rs *runs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(maps))
	for k, m := range maps {
		if k+1 < len(maps) && maps[k+1].From == m.From {
			continue
		}
		another := k > 0 && id(maps[k-1].URI) == id(m.URI) && maps[k-1].URI != m.URI
		n, ch := rs.assign(first+int64(m.From), known, m.From == 0, another, "map", mapIdentity(m.URI, m.Range, id), 0)
		changed = changed || ch
		names[k] = "init-" + strconv.FormatInt(n, 10) + ".mp4"
		for i := k - 1; i >= 0 && names[i] == ""; i-- {
			names[i] = names[k]
		}
	}
	return names, changed
}

// mapIdentity is the identity of an init section.
func mapIdentity(uri string, rng hls.ByteRange, id func(string) string) string {
	what := id(uri)
	if rng.Length >= 0 {
		what += "#" + strconv.FormatInt(rng.Length, 10) + "@" + strconv.FormatInt(rng.Offset, 10)
	}
	return what
}

// nameHints gives the hints of init sections the names that these will have: a player loads the one, and must know it
// again by its address when the playlist lists it (RFC 8216bis 4.4.5.3). "" for the other hints.
func nameHints(m *hls.Media, rs runs, first int64, id func(string) string) []string {
	if len(m.Hints) == 0 {
		return nil
	}
	names := make([]string, len(m.Hints))
	for k, h := range m.Hints {
		if h.Type != hintMap {
			continue
		}
		// It governs from the next segment on; what is open has begun under another.
		n := first + int64(len(m.Segments))
		if len(m.Open) > 0 {
			n++
		}
		if i := rs.governing(n, "map"); i >= 0 && rs[i].Identity == mapIdentity(h.URI, h.Range, id) {
			n = rs[i].N
		}
		names[k] = "init-" + strconv.FormatInt(n, 10) + ".mp4"
	}
	return names
}

// hintMap is the type of an EXT-X-PRELOAD-HINT of an init section.
const hintMap = "MAP"
