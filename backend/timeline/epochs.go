package timeline

import (
	"slices"
	"strconv"

	"gridwall/backend/hls"
)

const (
	// maxEpochs bounds the remembered key epochs (and, apart from them, init section epochs) of a rendition.
	maxEpochs = 64
	// maxForMap bounds the keys before one segment that are remembered although they govern init sections alone.
	maxForMap = 4

	// hintMap and hintPart are types of EXT-X-PRELOAD-HINT (RFC 8216bis 4.4.5.3).
	hintMap  = "MAP"
	hintPart = "PART"
)

// Epoch is one key or init section and the player's number of the first segment that it governs (RFC 8216bis 4.4.4.4,
// 4.4.4.5). Epochs are persisted: after a restart in mid-rotation the address key-{n} still means the same key.
type Epoch struct {
	First    int64  `json:"n"`
	Format   string `json:"format,omitempty"`   // KEYFORMAT of a key
	Identity string `json:"identity,omitempty"` // token-free URI, byte range included
	Rank     int    `json:"place,omitempty"`    // which of the key formats it is, from 1; 0 in the records of older versions
}

// epochs are those of one rendition, ascending by First.
type epochs []Epoch

// assign returns the number in the name of a key or an init section that a playlist lists with the segment msn. One that
// went on governing from an earlier segment keeps its first number, although the playlist has slid on since; known is the
// newest number of the previous playlist. changed reports whether the epochs must be saved.
//
// distinct says that the resource before it in the same playlist has the same identity but another address: what looks
// like a token then tells one from the other (/key?k=<32 hex digits>), so they are two.
func (es *epochs) assign(msn, known int64, atStart, distinct bool, format, identity string, rank int) (n int64, changed bool) {
	i := es.governing(msn, format)
	if i >= 0 {
		e := &(*es)[i]
		switch {
		case e.Identity == identity && (!distinct || e.First == msn):
			return e.First, false
		case e.First == msn, atStart && msn <= known:
			// The same segment was governed by this epoch before: its key has another URL now (a token in the path).
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

// governing returns the index of the newest epoch of the format that begins at or before msn; -1 where there is none.
func (es *epochs) governing(msn int64, format string) int {
	for i := len(*es) - 1; i >= 0; i-- {
		if e := (*es)[i]; e.First <= msn && e.Format == format {
			return i
		}
	}
	return -1
}

func (es *epochs) after(msn int64) int {
	i := len(*es)
	for i > 0 && (*es)[i-1].First > msn {
		i--
	}
	return i
}

// newest returns the n newest epochs.
func (es epochs) newest(n int) epochs { return es[max(0, len(es)-n):] }

// nameKeys gives the keys of a playlist their names: key-{n}; where several key formats govern from one segment the
// second one is key-{n}-2 and so on. A key that another one replaces before the first segment governs the init section
// between them alone: it is key-{n}-map, a second one before the same segment key-{n}-map2.
func nameKeys(keys []hls.Resource, es *epochs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(keys))
	ranks := map[string]int{}
	forMap := map[string]int{}       // how many of each format there are before the segment
	before := map[string][2]string{} // identity and address of the last key of each format
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
		n, ch := es.assign(msn, known, key.From == 0, b[0] == what[0] && b[1] != what[1], governs, what[0], rank)
		changed = changed || ch
		names[k] = "key-" + strconv.FormatInt(n, 10) + suffix
	}
	return names, changed
}

// rankOf returns which of the key formats a format is, from 1: what its epochs say, else the next one that is free. With it
// a format keeps its names when another one leaves the playlist.
func (es *epochs) rankOf(format string, ranks map[string]int) int {
	taken := map[int]bool{}
	for _, p := range ranks {
		taken[p] = true
	}
	for i := len(*es) - 1; i >= 0; i-- {
		e := &(*es)[i]
		if e.Rank > 0 && e.Format == format && !taken[e.Rank] {
			return e.Rank
		}
	}
	older := true // no epoch says anything: the order of the playlist decides, as it always did
	for _, e := range *es {
		if e.Rank > 0 {
			older, taken[e.Rank] = false, true
		}
	}
	if older {
		return len(ranks) + 1
	}
	p := 1
	for taken[p] {
		p++
	}
	return p
}

// nameMaps gives the media initialization sections of a playlist their names. Of several before one segment only the last
// holds for it; the others share its name.
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
	what := id(uri)
	if rng.Length >= 0 {
		what += "#" + strconv.FormatInt(rng.Length, 10) + "@" + strconv.FormatInt(rng.Offset, 10)
	}
	return what
}

// nameHints gives the hints of init sections the names that these will have: a player loads the one, and must recognise it
// by its address when the playlist lists it (RFC 8216bis 4.4.5.3). "" for the other hints.
func nameHints(m *hls.Media, es epochs, first int64, id func(string) string) []string {
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
		if i := es.governing(n, "map"); i >= 0 && es[i].Identity == mapIdentity(h.URI, h.Range, id) {
			n = es[i].First
		}
		names[k] = initName(n)
	}
	return names
}
