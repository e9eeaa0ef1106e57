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
}

// runs are the runs of one rendition, ascending by N.
type runs []run

// place finds the address number of a resource that a playlist lists with the segment number msn. A resource which
// went on governing from an earlier segment keeps its first number, although the playlist has slid on since; known
// is the newest number of the previous playlist. changed tells that the runs must be saved.
func (rs *runs) place(msn, known int64, atStart bool, format, identity string) (n int64, changed bool) {
	i := rs.governing(msn, format)
	if i >= 0 {
		r := &(*rs)[i]
		switch {
		case r.Identity == identity:
			return r.N, false
		case r.N == msn, atStart && msn <= known:
			// The same segment was governed by this run before: its key has another URL now (a token in the path).
			r.Identity = identity
			return r.N, true
		}
	}
	*rs = slices.Insert(*rs, rs.after(msn), run{N: msn, Format: format, Identity: identity})
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
}

// nameKeys gives the keys of a playlist their names: key-{n}; where several key formats govern from one segment the
// second one is key-{n}-2 and so on.
func nameKeys(keys []hls.Resource, rs *runs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(keys))
	formats := map[string]int{}
	for k, key := range keys {
		n, ch := rs.place(first+int64(key.From), known, key.From == 0, "key:"+key.KeyFormat, id(key.URI))
		changed = changed || ch
		names[k] = "key-" + strconv.FormatInt(n, 10)
		if _, ok := formats[key.KeyFormat]; !ok {
			formats[key.KeyFormat] = len(formats)
		}
		if f := formats[key.KeyFormat]; f > 0 {
			names[k] += "-" + strconv.Itoa(f+1)
		}
	}
	return names, changed
}

// nameMaps gives the media initialization sections of a playlist their names.
func nameMaps(maps []hls.Resource, rs *runs, first, known int64, id func(string) string) (names []string, changed bool) {
	names = make([]string, len(maps))
	for k, m := range maps {
		what := id(m.URI)
		if m.Range.Length >= 0 {
			what += "#" + strconv.FormatInt(m.Range.Length, 10) + "@" + strconv.FormatInt(m.Range.Offset, 10)
		}
		n, ch := rs.place(first+int64(m.From), known, m.From == 0, "map", what)
		changed = changed || ch
		names[k] = "init-" + strconv.FormatInt(n, 10) + ".mp4"
	}
	return names, changed
}
