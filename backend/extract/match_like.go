package extract

import "gridwall/backend/stream"

// byLikeness is strategy 4. It matches streams of the same title and quality whose URLs differ only in parts that look
// like tokens of an unknown format. Otherwise two streams of one title whose paths or parameters contain such a token
// would never be renewed. It decides only where exactly one stream of each side has the key. Equal titles are required
// because the parts that look random may be what distinguishes two streams.
func (m *matcher) byLikeness(known []stream.Stream, fresh []Found, t Tokens) {
	left := func(side int) (out []int) {
		for i, other := range m.taken[side] {
			if other < 0 {
				out = append(out, i)
			}
		}
		return out
	}
	ks, fs := left(sideKnown), left(sideFresh)
	if len(ks) == 0 || len(fs) == 0 {
		return
	}
	type likeness struct{ title, quality, host, path, query string }
	keyOf := func(url, title, quality string) likeness {
		title = fold(title)
		if title == "" {
			return likeness{}
		}
		host, path, query, ok := t.Likeness(url)
		if !ok {
			return likeness{}
		}
		return likeness{title, fold(quality), host, path, query}
	}
	keys := [2][]likeness{make([]likeness, len(ks)), make([]likeness, len(fs))}
	for n, i := range ks {
		keys[sideKnown][n] = keyOf(known[i].URL, known[i].Title, known[i].Quality)
	}
	for n, i := range fs {
		keys[sideFresh][n] = keyOf(fresh[i].URL, fresh[i].Title, fresh[i].Quality)
	}
	items := [2][]int{ks, fs}
	for _, anyHost := range []bool{false, true} {
		groups := map[likeness]*slot{}
		for side := range keys {
			for n, key := range keys[side] {
				if key.title == "" || m.taken[side][items[side][n]] >= 0 {
					continue
				}
				if anyHost {
					key.host = ""
				}
				g := groups[key]
				if g == nil {
					g = &slot{}
					groups[key] = g
				}
				g.count[side]++
				g.last[side] = int32(items[side][n])
			}
		}
		for _, g := range groups {
			if g.count == [2]uint32{1, 1} {
				m.take(g.last[sideKnown], g.last[sideFresh])
			}
		}
	}
}
