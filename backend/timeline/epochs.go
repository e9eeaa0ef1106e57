package timeline

import (
	"slices"
	"strconv"

	"gridwall/backend/hls"
)

const (
	// maxEpochs bounds the remembered key epochs of a rendition, and likewise its init section epochs.
	maxEpochs = 64
	// maxForMap bounds the remembered keys before one segment that apply only to init sections.
	maxForMap = 4

	// hintMap and hintPart are types of EXT-X-PRELOAD-HINT (RFC 8216bis 4.4.5.3).
	hintMap  = "MAP"
	hintPart = "PART"
)

// Epoch is one key or init section and the player's number of the first segment that it applies to (RFC 8216bis 4.4.4.4,
// 4.4.4.5). Epochs are persisted: after a restart in mid-rotation the address key-{n} still means the same key.
type Epoch struct {
	First    int64  `json:"n"`
	Format   string `json:"format,omitempty"`   // KEYFORMAT of a key
	Identity string `json:"identity,omitempty"` // token-free URI, byte range included
	Rank     int    `json:"place,omitempty"`    // position among the key formats, from 1; 0 in the records of older versions
}

// epochs are those of one rendition, in ascending order of First.
type epochs []Epoch

// assign returns the number in the name of a key or an init section that a playlist lists before the segment msn. One that
// already applied to an earlier segment keeps its first number after that segment has left the playlist. known is the newest
// number of the previous playlist. changed reports whether the epochs must be saved.
//
// distinct is true if the resource before it in the same playlist has the same identity but another address: the apparent
// token then distinguishes them (/key?k=<32 hex digits>), so they are two resources.
func (es *epochs) assign(msn, known int64, atStart, distinct bool, format, identity string, rank int) (n int64, changed bool) {
	i := es.governing(msn, format)
	if i >= 0 {
		e := &(*es)[i]
		switch {
		case e.Identity == identity && (!distinct || e.First == msn):
			return e.First, false
		case e.First == msn, atStart && msn <= known:
			// This epoch already applied to the same segment: its key now has another URL (a token in the path).
			e.Identity = identity
			return e.First, true
		}
	}
	*es = slices.Insert(*es, es.after(msn), Epoch{First: msn, Format: format, Identity: identity, Rank: rank})
	if len(*es) > maxEpochs {
		*es = slices.Delete(*es, 0, len(*es)-maxEpochs)
	}
	return msn, true
}

// governing returns the index of the newest epoch of the format that begins at or before msn; -1 if there is none.
func (es *epochs) governing(msn int64, format string) int {
	for i := len(*es) - 1; i >= 0; i-- {
		if e := (*es)[i]; e.First <= msn && e.Format == format {
			return i
		}
	}
	return -1
}

// after returns the index of the first epoch that begins after msn.
func (es *epochs) after(msn int64) int {
	i := len(*es)
	for i > 0 && (*es)[i-1].First > msn {
		i--
	}
	return i
}

// newest returns the n newest epochs.
func (es epochs) newest(n int) epochs { return es[max(0, len(es)-n):] }

// nameKeys returns the names of a playlist's keys: key-{n}. If keys of several formats begin at one segment, the second is
// key-{n}-2 and so on. A key that is replaced before the next segment applies only to the init section in between: it is
// key-{n}-map, and a second one before the same segment is key-{n}-map2. changed reports whether the epochs must be saved.
func nameKeys(keys []hls.Resource, es *epochs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(keys))
	ranks := map[string]int{}
	forMap := map[string]int{}       // how many of each format there are before the segment
	before := map[string][2]string{} // identity and address of the previous key of each format
	for k, key := range keys {
		format := "key:" + bounded(key.KeyFormat)
		rank, ok := ranks[format]
		if !ok {
			rank = es.rankOf(format, ranks)
			ranks[format] = rank
		}
		if k > 0 && keys[k-1].From != key.From {
			clear(forMap)
		}
		suffix := ""
		if rank > 1 {
			suffix = "-" + strconv.Itoa(rank)
		}
		msn := first + int64(key.From)
		this := [2]string{id(key.URI), key.URI}
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
		before[governs] = this
		n, ch := es.assign(msn, known, key.From == 0, b[0] == this[0] && b[1] != this[1], governs, this[0], rank)
		changed = changed || ch
		names[k] = "key-" + strconv.FormatInt(n, 10) + suffix
	}
	return names, changed
}

// rankOf returns the position of a key format, from 1: the one in its epochs, else the next free one. So a format keeps its
// names when another format leaves the playlist. ranks holds the positions assigned so far.
func (es *epochs) rankOf(format string, ranks map[string]int) int {
	taken := map[int]bool{}
	for _, r := range ranks {
		taken[r] = true
	}
	for i := len(*es) - 1; i >= 0; i-- {
		e := &(*es)[i]
		if e.Rank > 0 && e.Format == format && !taken[e.Rank] {
			return e.Rank
		}
	}
	unranked := true // a record of an older version: the order in the playlist decides, as it did then
	for _, e := range *es {
		if e.Rank > 0 {
			unranked, taken[e.Rank] = false, true
		}
	}
	if unranked {
		return len(ranks) + 1
	}
	r := 1
	for taken[r] {
		r++
	}
	return r
}

// nameMaps returns the names of a playlist's media initialization sections. Of several before one segment only the last
// applies to it; the others share its name. changed reports whether the epochs must be saved.
func nameMaps(maps []hls.Resource, es *epochs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(maps))
	for k, m := range maps {
		if k+1 < len(maps) && maps[k+1].From == m.From {
			continue
		}
		distinct := k > 0 && id(maps[k-1].URI) == id(m.URI) && maps[k-1].URI != m.URI
		n, ch := es.assign(first+int64(m.From), known, m.From == 0, distinct, "map", mapIdentity(m.URI, m.Range, id), 0)
		changed = changed || ch
		names[k] = initName(n)
		for i := k - 1; i >= 0 && names[i] == ""; i-- {
			names[i] = names[k]
		}
	}
	return names, changed
}

func initName(n int64) string { return "init-" + strconv.FormatInt(n, 10) + ".mp4" }

// mapIdentity returns the identity of an init section.
func mapIdentity(uri string, rng hls.ByteRange, id func(string) string) string {
	identity := id(uri)
	if rng.Length >= 0 {
		identity += "#" + strconv.FormatInt(rng.Length, 10) + "@" + strconv.FormatInt(rng.Offset, 10)
	}
	return identity
}

// nameHints returns, for each hint of an init section, the name that the section will have: a player that preloads it must
// recognise it by its address once the playlist lists it (RFC 8216bis 4.4.5.3). The name of any other hint is "".
func nameHints(m *hls.Media, es epochs, first int64, id func(string) string) []string {
	if len(m.Hints) == 0 {
		return nil
	}
	names := make([]string, len(m.Hints))
	for k, h := range m.Hints {
		if h.Type != hintMap {
			continue
		}
		// It applies from the next segment on; an open segment has begun under another one.
		n := first + int64(len(m.Segments))
		if len(m.Open) > 0 {
			n++
		}
		if i := es.governing(n, "map"); i >= 0 && es[i].Identity == mapIdentity(h.URI, h.Range, id) {
			n = es[i].First
		}
		names[k] = initName(n)
	}
	return names
}
