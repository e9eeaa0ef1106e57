package hls

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// maxDrift is how far BANDWIDTH may drift while a variant is still taken for the same, as a ratio.
const maxDrift = 1.3

// assign finds for each group the known name that means it; "" where none does. From the surest evidence to the least:
// the same attributes; the same stable ID; the same path; the ladders of one class laid beside each other in order of
// their bandwidth (pair by pair, the nearest first would cross when a whole ladder drifts); then the nearest pairs.
func assign(known map[string]Description, groups []Description) []string {
	a := &assignment{
		names: slices.Sorted(maps.Keys(known)), groups: groups,
		given: make([]string, len(groups)),
	}
	a.used = make([]bool, len(a.names))
	for _, n := range a.names {
		a.known = append(a.known, known[n])
	}
	a.unique(func(d Description) (Description, bool) { return d.attributes(), true }, nil)
	a.unique(func(d Description) (Description, bool) {
		return Description{Kind: d.Kind, StableID: d.StableID}, d.StableID != ""
	}, nil)
	a.unique(func(d Description) (Description, bool) {
		return Description{Kind: d.Kind, Path: d.Path}, d.Path != ""
	}, compatible)
	a.ladders()
	a.nearest()
	return a.given
}

type assignment struct {
	names  []string
	known  []Description
	used   []bool
	groups []Description
	given  []string
}

func (a *assignment) give(k, g int) { a.used[k], a.given[g] = true, a.names[k] }

// unique joins what has a key that is unique on both sides.
func (a *assignment) unique(key func(Description) (Description, bool), also func(a, b Description) bool) {
	byKey := make(map[Description][]int)
	for k, d := range a.known {
		if x, ok := key(d); ok && !a.used[k] {
			byKey[x] = append(byKey[x], k)
		}
	}
	wanted := make(map[Description][]int)
	for g, d := range a.groups {
		if x, ok := key(d); ok && a.given[g] == "" {
			wanted[x] = append(wanted[x], g)
		}
	}
	for x, gs := range wanted {
		if ks := byKey[x]; len(gs) == 1 && len(ks) == 1 && (also == nil || also(a.known[ks[0]], a.groups[gs[0]])) {
			a.give(ks[0], gs[0])
		}
	}
}

// compatible tells renditions that a player could take for one another in the middle of playing.
func compatible(a, b Description) bool {
	return a.Kind == b.Kind && a.Height == b.Height && a.audioOnly() == b.audioOnly() &&
		agree(a.videoFamily(), b.videoFamily()) && agree(a.audioFamily(), b.audioFamily()) &&
		agree(a.Language, b.Language) && a.Forced == b.Forced
}

// agree tells that two values are the same as far as both are known.
func agree(a, b string) bool { return a == "" || b == "" || a == b }

// class is what variants that differ in bandwidth only have in common.
func (d Description) class() Description {
	return Description{
		Kind: d.Kind, Height: d.Height, FrameRate: math.Round(d.FrameRate), AudioGroup: d.AudioGroup,
		Codecs: d.videoFamily() + "," + d.audioFamily(), VideoRange: d.VideoRange,
	}
}

func hasLadder(d Description) bool {
	return d.Bandwidth > 0 && (d.Kind == Variant || d.Kind == IFrame || d.Kind == Image)
}

// ladders lays the rungs of each class beside each other.
func (a *assignment) ladders() {
	rungs := make(map[Description][2][]int)
	for k, d := range a.known {
		if !a.used[k] && hasLadder(d) {
			c := rungs[d.class()]
			c[0] = append(c[0], k)
			rungs[d.class()] = c
		}
	}
	for g, d := range a.groups {
		if a.given[g] == "" && hasLadder(d) {
			c := rungs[d.class()]
			c[1] = append(c[1], g)
			rungs[d.class()] = c
		}
	}
	for _, c := range rungs {
		if len(c[0]) > 0 && len(c[1]) > 0 {
			a.align(c[0], c[1])
		}
	}
}

// align pairs two ladders in order of bandwidth so that as many pairs as possible are made, with the least drift.
func (a *assignment) align(ks, gs []int) {
	slices.SortStableFunc(ks, func(i, j int) int { return cmp.Compare(a.known[i].Bandwidth, a.known[j].Bandwidth) })
	slices.SortStableFunc(gs, func(i, j int) int { return cmp.Compare(a.groups[i].Bandwidth, a.groups[j].Bandwidth) })
	// cost[i][j] is that of the first i known and the first j groups; one left alone costs more than any pair.
	alone := math.Log(maxDrift)
	width := len(gs) + 1
	cost := make([]float64, (len(ks)+1)*width)
	for i := 0; i <= len(ks); i++ {
		for j := 0; j <= len(gs); j++ {
			c := math.Inf(1)
			if i == 0 && j == 0 {
				c = 0
			}
			if i > 0 {
				c = min(c, cost[(i-1)*width+j]+alone)
			}
			if j > 0 {
				c = min(c, cost[i*width+j-1]+alone)
			}
			if i > 0 && j > 0 {
				c = min(c, cost[(i-1)*width+j-1]+drift(a.known[ks[i-1]], a.groups[gs[j-1]]))
			}
			cost[i*width+j] = c
		}
	}
	for i, j := len(ks), len(gs); i > 0 && j > 0; {
		c := cost[i*width+j]
		switch c {
		case cost[(i-1)*width+j-1] + drift(a.known[ks[i-1]], a.groups[gs[j-1]]):
			i, j = i-1, j-1
			a.give(ks[i], gs[j])
		case cost[(i-1)*width+j] + alone:
			i--
		default:
			j--
		}
	}
}

// drift is how far two bandwidths lie apart, as a logarithm; infinite beyond maxDrift.
func drift(a, b Description) float64 {
	d := math.Abs(math.Log(float64(a.Bandwidth) / float64(b.Bandwidth)))
	if d > math.Log(maxDrift)+1e-9 {
		return math.Inf(1)
	}
	return d
}

// nearest joins the pairs that lie nearest, the best first.
func (a *assignment) nearest() {
	type pair struct {
		distance float64
		k, g     int
	}
	var pairs []pair
	for k := range a.known {
		if a.used[k] {
			continue
		}
		for g := range a.groups {
			if a.given[g] == "" {
				if d, ok := distance(a.known[k], a.groups[g]); ok {
					pairs = append(pairs, pair{d, k, g})
				}
			}
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(x.distance, y.distance), cmp.Compare(x.k, y.k), cmp.Compare(x.g, y.g))
	})
	for _, p := range pairs {
		if !a.used[p.k] && a.given[p.g] == "" {
			a.give(p.k, p.g)
		}
	}
}

// distance tells how unlike two descriptions are; not ok: they are different things.
func distance(a, b Description) (float64, bool) {
	if a.Kind != b.Kind || a.audioOnly() != b.audioOnly() || !agree(a.videoFamily(), b.videoFamily()) ||
		!agree(a.Language, b.Language) || a.Forced != b.Forced {
		return 0, false
	}
	d := 0.0
	unlike := func(differs bool, weight float64) {
		if differs {
			d += weight
		}
	}
	if a.Kind == Audio || a.Kind == Video || a.Kind == Subtitles {
		if (a.Language == "" || b.Language == "") && !strings.EqualFold(a.Name, b.Name) && a.GroupID != b.GroupID && a.Path != b.Path {
			return 0, false
		}
		unlike(a.Characteristics != b.Characteristics, 4)
		unlike(a.Language != b.Language, 2)
	} else {
		if a.Height != b.Height && a.Height != 0 && b.Height != 0 {
			return 0, false
		}
		switch known := a.Bandwidth > 0 && b.Bandwidth > 0; {
		case known:
			apart := drift(a, b)
			if math.IsInf(apart, 1) {
				return 0, false
			}
			d += apart
		case a.Height == 0 || a.Height != b.Height:
			return 0, false
		default:
			d++
		}
		unlike(a.Height != b.Height, 4)
	}
	unlike(a.videoFamily() != b.videoFamily(), 2)
	unlike(a.audioFamily() != b.audioFamily(), 1)
	unlike(math.Round(a.FrameRate) != math.Round(b.FrameRate), 2)
	unlike(a.AudioGroup != b.AudioGroup, 1)
	unlike(a.VideoRange != b.VideoRange, 2)
	unlike(!strings.EqualFold(a.Name, b.Name), 1)
	unlike(a.GroupID != b.GroupID, 1)
	unlike(a.Channels != b.Channels, 1)
	unlike(a.Path != b.Path, 0.5)
	return d, true
}
