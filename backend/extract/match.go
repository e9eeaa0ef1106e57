package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

// Tokens separates the parts of a URL that identify the stream from those that are tokens (backend/token).
type Tokens interface {
	// Identity returns the host, the path without its elements that are tokens, and the query parameters that are not
	// tokens, sorted. ok is false if rawURL has no host and path.
	Identity(rawURL string) (host, path, query string, ok bool)
	// Likeness is Identity, but also without parts that merely look like a token of an unknown format.
	Likeness(rawURL string) (host, path, query string, ok bool)
}

// Match reconciles the result of an extraction with the streams that its source listed before. The i-th result is the
// index in known of the stream that fresh[i] continues, or -1. No known stream is matched twice, and the order of known
// and fresh does not matter.
//
// The strategies, in order. Each decides only where it is unambiguous on both sides, among the streams that the earlier
// ones left:
//
//  1. quality and title. Both are trimmed and case-folded, because sites change "world feed " to "World Feed" without
//     meaning another one. If both are empty they do not count.
//  2. host and path, without tokens. If several streams of either side share them, the query parameters that are not
//     tokens must be equal too.
//  3. the same path on another host; the query counts as in 2.
//  4. URLs that differ only in parts that look random, among streams of the same title and quality.
//  5. the only fresh stream left, for the only known stream left.
//
// Feeds are never swapped: paths can overrule strategy 1. If host and path point to another counterpart for either of
// the two streams, that one wins: titles like "Stream 1" change places, and the path is what a player is playing. A path
// on another host can overrule too (edges rotate while titles change places), but only if titles are seen to move: the
// fresh stream is at the path of another known stream, or the known stream's path has the title of another known
// stream. Otherwise the path alone is too weak: "/index.m3u8" is found on many hosts.
//
// If several hosts share a path, its feeds differ by host or by query ("/play?ch=3"). Then an equal query on another
// host outweighs an equal host with another query.
//
// Match is linear in the number of streams: each is looked up by its keys, and t is called once for each.
func Match(known []stream.Stream, fresh []Found, t Tokens) []int {
	if len(known) == 0 {
		return allNew(fresh)
	}
	m := newMatcher(known, fresh, t)
	m.byEvidence()
	m.byLikeness(known, fresh, t)
	m.lastOnes()
	return m.result
}

// matchRetired is Match for streams that left the listing earlier. It omits the last strategy, which would give any new
// stream the id of any old one.
func matchRetired(retired []stream.Stream, fresh []Found, t Tokens) []int {
	if len(retired) == 0 || len(fresh) == 0 {
		return allNew(fresh)
	}
	m := newMatcher(retired, fresh, t)
	m.byEvidence()
	m.byLikeness(retired, fresh, t)
	return m.result
}

// allNew returns the result if there is nothing to match with, such as for a list of 50,000 that is extracted for the
// first time.
func allNew(fresh []Found) []int {
	out := make([]int, len(fresh))
	for i := range out {
		out[i] = -1
	}
	return out
}

const (
	sideKnown = iota
	sideFresh
)

// groupNo is the number of a group: all streams with the same key. The keys of the known streams are numbered densely.
// none is the group of streams without such a key, or with one that no known stream has.
type groupNo = uint32

const none = ^groupNo(0)

// The keys for grouping streams. Those of the address come first, the strongest at the front.
const (
	byExact   = iota // host, path and query
	byQuery          // path and query, if there is a query
	byHost           // host and path
	byQueried        // path and query
	byPath           // path
	byQuality        // quality and title
	groupKinds
)

// item is one stream of one side, with the groups that it belongs to.
type item struct {
	groups [groupKinds]groupNo
	host   uint32
}

type matcher struct {
	items [2][]item
	// sizes has the number of groups for each key.
	sizes [groupKinds]int
	// counterpart is, for each item, the other side's item that its address points to, before anything is matched; or -1.
	counterpart [2][]int32
	// taken is, for each item, the other side's item that it is matched with, or -1.
	taken  [2][]int32
	result []int
	slots  []slot
}

// slot counts a group's streams on each side, and holds the last one of each.
type slot struct {
	count [2]uint32
	last  [2]int32
}

func newMatcher(known []stream.Stream, fresh []Found, t Tokens) *matcher {
	m := &matcher{result: make([]int, len(fresh))}
	m.items = [2][]item{make([]item, len(known)), make([]item, len(fresh))}
	g := newGrouper(len(known))
	for i := range known {
		g.item(&m.items[sideKnown][i], known[i].URL, known[i].Quality, known[i].Title, t)
	}
	g.closed = true
	for i := range fresh {
		g.item(&m.items[sideFresh][i], fresh[i].URL, fresh[i].Quality, fresh[i].Title, t)
	}
	m.sizes = g.sizes()
	for s := range m.items {
		m.counterpart[s], m.taken[s] = unmatched(len(m.items[s])), unmatched(len(m.items[s]))
	}
	for i := range m.result {
		m.result[i] = -1
	}
	return m
}

func unmatched(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// byEvidence runs strategies 1 to 3.
func (m *matcher) byEvidence() {
	// A key without the query decides only if no other stream has it. So, if host and path are ambiguous, the query
	// decides. byQuery comes before byHost for channels whose edges changed places.
	for kind := byExact; kind <= byPath; kind++ {
		m.pairs(kind, false, func(k, f int32) {
			if m.counterpart[sideKnown][k] < 0 && m.counterpart[sideFresh][f] < 0 {
				m.counterpart[sideKnown][k], m.counterpart[sideFresh][f] = f, k
			}
		})
	}
	m.byTitle()
	// Addresses that are unique among all streams come before those that are unique only among the streams left.
	for k, f := range m.counterpart[sideKnown] {
		if f >= 0 && m.taken[sideKnown][k] < 0 && m.taken[sideFresh][f] < 0 {
			m.take(int32(k), f)
		}
	}
	// Among the streams left, a shared path with its query may be unique again.
	m.pairs(byExact, true, m.take)
	m.pairs(byQueried, true, m.take)
}

// byTitle is strategy 1, unless the addresses overrule it.
func (m *matcher) byTitle() {
	m.pairs(byQuality, false, func(k, f int32) {
		ofKnown, ofFresh := m.counterpart[sideKnown][k], m.counterpart[sideFresh][f]
		switch {
		case ofKnown == f:
		case ofFresh >= 0:
			// Fresh f has the path of another known stream, on this or on another host.
			return
		case ofKnown >= 0:
			at := &m.items[sideFresh][ofKnown]
			if at.groups[byQuality] != none || at.host == m.items[sideKnown][k].host {
				return
			}
		}
		m.take(k, f)
	})
}

// lastOnes is strategy 5.
func (m *matcher) lastOnes() {
	var left [2]int32
	for s := range m.taken {
		left[s] = -1
		for i, other := range m.taken[s] {
			if other >= 0 {
				continue
			}
			if left[s] >= 0 {
				return
			}
			left[s] = int32(i)
		}
		if left[s] < 0 {
			return
		}
	}
	m.take(left[sideKnown], left[sideFresh])
}

// pairs calls found for each known and fresh stream that share a group and are the only ones in it: among all streams,
// or among those left.
func (m *matcher) pairs(kind int, left bool, found func(k, f int32)) {
	m.slots = append(m.slots[:0], make([]slot, m.sizes[kind])...)
	for s := range m.items {
		for i := range m.items[s] {
			g := m.items[s][i].groups[kind]
			if g == none || left && m.taken[s][i] >= 0 {
				continue
			}
			m.slots[g].count[s]++
			m.slots[g].last[s] = int32(i)
		}
	}
	for i := range m.slots {
		if sl := &m.slots[i]; sl.count == [2]uint32{1, 1} {
			found(sl.last[sideKnown], sl.last[sideFresh])
		}
	}
}

func (m *matcher) take(k, f int32) {
	m.taken[sideKnown][k], m.taken[sideFresh][f] = f, k
	m.result[f] = int(k)
}

// grouper numbers keys. Once it is closed, new keys get none: no known stream has them.
type grouper struct {
	closed                                   bool
	hosts, paths, queries, titles, qualities map[string]groupNo
	// pairs assign a number to each pair of numbers; those of byPath and byQuery are not used.
	pairs [groupKinds]pairing
}

func newGrouper(n int) *grouper {
	return &grouper{
		hosts: map[string]groupNo{}, queries: map[string]groupNo{}, qualities: map[string]groupNo{},
		paths: make(map[string]groupNo, n), titles: make(map[string]groupNo, n),
	}
}

// item sets the groups and the host of it.
func (g *grouper) item(it *item, url, quality, title string, t Tokens) {
	for kind := range it.groups {
		it.groups[kind] = none
	}
	it.host = none
	if quality, title = fold(quality), fold(title); quality != "" || title != "" {
		it.groups[byQuality] = g.pair(byQuality, g.number(g.titles, title), g.number(g.qualities, quality))
	}
	host, path, query, ok := t.Identity(url)
	if !ok {
		return
	}
	p, q := g.number(g.paths, path), g.number(g.queries, query)
	it.host = g.number(g.hosts, host)
	it.groups[byPath] = p
	it.groups[byHost] = g.pair(byHost, p, it.host)
	it.groups[byQueried] = g.pair(byQueried, p, q)
	it.groups[byExact] = g.pair(byExact, it.groups[byHost], q)
	if query != "" {
		it.groups[byQuery] = it.groups[byQueried]
	}
}

// sizes returns the number of groups of each kind.
func (g *grouper) sizes() (out [groupKinds]int) {
	for kind := range out {
		out[kind] = int(g.pairs[kind].n)
	}
	out[byPath], out[byQuery] = len(g.paths), int(g.pairs[byQueried].n)
	return out
}

// number returns the number of s among the strings of seen, which it adds s to unless g is closed.
func (g *grouper) number(seen map[string]groupNo, s string) groupNo {
	n, ok := seen[s]
	switch {
	case ok:
		return n
	case g.closed:
		return none
	}
	n = groupNo(len(seen))
	seen[s] = n
	return n
}

// pairing numbers pairs. Most paths have one host and most titles one quality, so the first partner of each number is in
// a slice, and only further partners are in a map, which is several times slower.
type pairing struct {
	first []partner
	more  map[uint64]groupNo
	n     groupNo
}

type partner struct{ b, pair groupNo }

// pair returns the number of the pair of a and b. New values of a must come in ascending order, without gaps.
func (g *grouper) pair(kind int, a, b groupNo) groupNo {
	p := &g.pairs[kind]
	if a == none || b == none {
		return none
	}
	if int(a) == len(p.first) {
		p.first = append(p.first, partner{b, p.n})
		p.n++
		return p.n - 1
	}
	if p.first[a].b == b {
		return p.first[a].pair
	}
	key := uint64(a)<<32 | uint64(b)
	n, ok := p.more[key]
	switch {
	case ok:
		return n
	case g.closed:
		return none
	}
	if p.more == nil {
		p.more = make(map[uint64]groupNo)
	}
	n = p.n
	p.more[key] = n
	p.n++
	return n
}

// fold trims s and applies Unicode's simple case folding: strings that strings.EqualFold calls equal become identical.
func fold(s string) string {
	s = strings.TrimSpace(s)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return strings.Map(foldRune, s)
		}
	}
	return s
}

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		// 'k' and 's' have variants outside ASCII (the Kelvin sign, the long s), which fold to them below.
		return unicode.ToLower(r)
	}
	least, lower := r, rune(-1)
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		if c < utf8.RuneSelf && c >= 'a' {
			lower = c
		}
		least = min(least, c)
	}
	if lower >= 0 {
		return lower
	}
	return least
}
