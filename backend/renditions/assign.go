package renditions

import (
	"cmp"
	"gridwall/backend/hls"
	"maps"
	"math"
	"slices"
	"strings"
)

// maxDrift is the ratio by which BANDWIDTH may change while a variant still counts as the same.
const maxDrift = 1.3

var maxRate = math.Log(maxDrift)

// maxPairs bounds the pairs that are compared. The largest playlist seen has 200 renditions. Beyond the bound, a rendition
// that changed in several attributes at once gets a new name.
const maxPairs = 1 << 16

// assign returns the known name of each group, "" if there is none. It uses the strongest evidence first: the same attributes;
// the same attributes as older versions stored them; the same stable ID; the same path; ladders of one class compared in order
// of bandwidth (matching the nearest pairs first would mix up variants when a whole ladder drifts); then the nearest pairs.
func assign(known map[string]Description, groups []Description) []string {
	a := &assignment{names: slices.Sorted(maps.Keys(known)), given: make([]string, len(groups))}
	a.used = make([]bool, len(a.names))
	for _, n := range a.names {
		a.known = append(a.known, withFeatures(known[n]))
	}
	for _, d := range groups {
		a.groups = append(a.groups, withFeatures(d))
	}
	unique(a, func(d *features) (Description, bool) { return d.attributes(), true }, nil)
	if slices.ContainsFunc(a.groups, func(d features) bool { return !mayBeOlder(&d, nil) }) {
		unique(a, func(d *features) (Description, bool) { return d.older(), true }, mayBeOlder)
	}
	unique(a, func(d *features) ([2]string, bool) { return [2]string{string(d.Kind), d.StableID}, d.StableID != "" }, nil)
	unique(a, func(d *features) ([2]string, bool) { return [2]string{string(d.Kind), d.Path}, d.Path != "" }, compatible)
	a.ladders()
	a.nearest()
	return a.given
}

// features are a description and values derived from it that are used repeatedly.
type features struct {
	Description
	video, audio string // the families of its codecs
	noVideo      bool
	rate         float64 // the logarithm of its bandwidth
}

func withFeatures(d Description) features {
	return features{Description: d, video: d.videoFamily(), audio: d.audioFamily(), noVideo: d.audioOnly(),
		rate: math.Log(float64(d.Bandwidth))}
}

// mayBeOlder reports whether an older version may have stored a known description: it has no newer attribute.
func mayBeOlder(known, _ *features) bool {
	old := known.older()
	old.StableID, old.Path = known.StableID, known.Path
	return old == known.Description
}

type assignment struct {
	names         []string
	known, groups []features
	used          []bool
	given         []string
}

func (a *assignment) give(k, g int) { a.used[k], a.given[g] = true, a.names[k] }

// unique pairs descriptions whose key is unique on both sides, if also (when not nil) agrees.
func unique[K comparable](a *assignment, key func(*features) (K, bool), also func(a, b *features) bool) {
	const none, many = -1, -2
	wanted := make(map[K][2]int) // the known one, and the group
	note := func(x K, side, i int) {
		pair, ok := wanted[x]
		if !ok {
			pair = [2]int{none, none}
		}
		if pair[side] == none {
			pair[side] = i
		} else {
			pair[side] = many
		}
		wanted[x] = pair
	}
	for g := range a.groups {
		if a.given[g] != "" {
			continue
		}
		if x, ok := key(&a.groups[g]); ok {
			note(x, 1, g)
		}
	}
	if len(wanted) == 0 {
		return
	}
	for k := range a.known {
		if a.used[k] {
			continue
		}
		if x, ok := key(&a.known[k]); ok {
			note(x, 0, k)
		}
	}
	for _, p := range wanted {
		if k, g := p[0], p[1]; k >= 0 && g >= 0 && (also == nil || also(&a.known[k], &a.groups[g])) {
			a.give(k, g)
		}
	}
}

// compatible reports whether a player could switch from one rendition to the other while playing.
func compatible(a, b *features) bool {
	return a.Kind == b.Kind && a.Height == b.Height && a.noVideo == b.noVideo &&
		agree(a.video, b.video) && agree(a.audio, b.audio) &&
		agree(a.Language, b.Language) && a.Forced == b.Forced
}

// agree reports whether two values are equal, or one of them is unknown.
func agree(a, b string) bool { return a == "" || b == "" || a == b }

// class holds the attributes that variants share if they differ only in bandwidth.
type class struct {
	kind                                 hls.RenditionKind
	height                               int
	frameRate                            float64
	audioGroup, video, audio, videoRange string
}

func (d *features) class() class {
	return class{kind: d.Kind, height: d.Height, frameRate: math.Round(d.FrameRate), audioGroup: d.AudioGroup, video: d.video, audio: d.audio, videoRange: d.VideoRange}
}

func hasLadder(d *features) bool {
	return d.Bandwidth > 0 && (d.Kind == hls.Variant || d.Kind == hls.IFrame || d.Kind == hls.Image)
}

// ladders pairs the variants of each class.
func (a *assignment) ladders() {
	rungs := make(map[class][2][]int)
	for k := range a.known {
		if d := &a.known[k]; !a.used[k] && hasLadder(d) {
			of := d.class()
			c := rungs[of]
			c[0] = append(c[0], k)
			rungs[of] = c
		}
	}
	for g := range a.groups {
		if d := &a.groups[g]; a.given[g] == "" && hasLadder(d) {
			of := d.class()
			c := rungs[of]
			c[1] = append(c[1], g)
			rungs[of] = c
		}
	}
	for _, c := range rungs {
		if len(c[0]) > 0 && len(c[1]) > 0 {
			a.align(c[0], c[1])
		}
	}
}

// align pairs two ladders in order of bandwidth, with as many pairs as possible and the least drift.
func (a *assignment) align(ks, gs []int) {
	slices.SortStableFunc(ks, func(i, j int) int { return cmp.Compare(a.known[i].Bandwidth, a.known[j].Bandwidth) })
	slices.SortStableFunc(gs, func(i, j int) int { return cmp.Compare(a.groups[i].Bandwidth, a.groups[j].Bandwidth) })
	// cost[i][j] is the cost of the first i known ones and the first j groups; an unpaired one costs as much as the worst pair.
	alone := maxRate
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
				c = min(c, cost[(i-1)*width+j-1]+drift(&a.known[ks[i-1]], &a.groups[gs[j-1]]))
			}
			cost[i*width+j] = c
		}
	}
	for i, j := len(ks), len(gs); i > 0 && j > 0; {
		c := cost[i*width+j]
		switch c {
		case cost[(i-1)*width+j-1] + drift(&a.known[ks[i-1]], &a.groups[gs[j-1]]):
			i, j = i-1, j-1
			a.give(ks[i], gs[j])
		case cost[(i-1)*width+j] + alone:
			i--
		default:
			j--
		}
	}
}

// drift returns the logarithm of the ratio of two bandwidths; infinite beyond maxDrift.
func drift(a, b *features) float64 {
	d := math.Abs(a.rate - b.rate)
	if d > maxRate+1e-9 {
		return math.Inf(1)
	}
	return d
}

// nearest pairs the remaining ones, the nearest first.
func (a *assignment) nearest() {
	type pair struct {
		distance float64
		k, g     int
	}
	var ks, gs []int
	for k := range a.known {
		if !a.used[k] {
			ks = append(ks, k)
		}
	}
	for g := range a.groups {
		if a.given[g] == "" {
			gs = append(gs, g)
		}
	}
	if len(ks)*len(gs) > maxPairs {
		return
	}
	var pairs []pair
	for _, k := range ks {
		for _, g := range gs {
			if d, ok := distance(&a.known[k], &a.groups[g]); ok {
				pairs = append(pairs, pair{d, k, g})
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

// distance returns how different two descriptions are; ok is false if they cannot be the same rendition.
func distance(a, b *features) (float64, bool) {
	if a.Kind != b.Kind || a.noVideo != b.noVideo || !agree(a.video, b.video) ||
		!agree(a.Language, b.Language) || a.Forced != b.Forced {
		return 0, false
	}
	d := 0.0
	unlike := func(differs bool, weight float64) {
		if differs {
			d += weight
		}
	}
	if a.Kind == hls.Audio || a.Kind == hls.Video || a.Kind == hls.Subtitles {
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
	unlike(a.video != b.video, 2)
	unlike(a.audio != b.audio, 1)
	unlike(math.Round(a.FrameRate) != math.Round(b.FrameRate), 2)
	unlike(a.AudioGroup != b.AudioGroup, 1)
	unlike(a.VideoRange != b.VideoRange, 2)
	unlike(!strings.EqualFold(a.Name, b.Name), 1)
	unlike(a.GroupID != b.GroupID, 1)
	unlike(a.Channels != b.Channels, 1)
	unlike(a.StableID != b.StableID && a.StableID != "" && b.StableID != "", 1)
	unlike(a.SupplementalCodecs != b.SupplementalCodecs, 1)
	unlike(a.VideoLayout != b.VideoLayout, 1)
	unlike(a.HDCPLevel != b.HDCPLevel, 0.5)
	unlike(a.AssocLanguage != b.AssocLanguage, 1)
	unlike(a.InstreamID != b.InstreamID, 1)
	unlike(a.SampleRate != b.SampleRate, 0.5)
	unlike(a.BitDepth != b.BitDepth, 0.5)
	unlike(a.PathwayID != b.PathwayID, 0.5)
	unlike(a.Path != b.Path, 0.5)
	return d, true
}
