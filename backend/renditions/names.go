package renditions

import (
	"cmp"
	"gridwall/backend/hls"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MaxNames bounds the names remembered for one stream. Beyond it, unused names are dropped in alphabetical order: a
// player that still uses one has to load the multivariant playlist again.
const MaxNames = 512

// maxName is the length, in bytes, from which a name gets no further suffix except a number.
const maxName = 80

// Names returns a name for each rendition. A name describes the rendition ("1080p-6000k", "audio-en"), never its position in
// the list. It is valid as a path element, is never "index", and never begins with "main", "init-" or "key-". known holds the
// existing names: each is used again for the nearest description of its kind, by at most one rendition. Renditions with the
// same URI or the same attributes share a name: they are each other's failover.
//
// names[i] is the name of rs[i]; all, which is to be stored, is known plus the new names, with the current description of each
// used name. The order of rs does not change which description gets which name.
func Names(known map[string]Description, rs []hls.Rendition) (names []string, all map[string]Description) {
	groups, of := group(rs)
	all = make(map[string]Description, len(known)+len(groups))
	for name, d := range known {
		if usable(name) {
			all[name] = d
		}
	}
	given := assign(all, groups)
	taken := maps.Clone(all)
	for i := range groups {
		if given[i] != "" {
			taken[given[i]] = groups[i]
		}
	}
	numbers := map[string]int{}
	for i := range groups {
		if given[i] == "" {
			given[i] = fresh(taken, numbers, groups[i])
			taken[given[i]] = groups[i]
		}
	}
	prune(taken, given)
	names = make([]string, len(rs))
	for i := range rs {
		names[i] = given[of[i]]
	}
	return names, taken
}

// usable reports whether this package could have produced the name.
func usable(name string) bool {
	if name == "" || name == "index" || strings.HasPrefix(name, "init-") || strings.HasPrefix(name, "key-") || strings.HasPrefix(name, "main") {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// group groups renditions that share a URI or all attributes, directly or through others. groups holds the description of
// each group's least member, in ascending order (see compare); of[i] is the group of rs[i].
func group(rs []hls.Rendition) (groups []Description, of []int) {
	descriptions := make([]Description, len(rs))
	parent := make([]int, len(rs))
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	byURI := make(map[string]int)
	byAttributes := make(map[Description]int)
	for i, r := range rs {
		parent[i] = i
		descriptions[i] = Describe(r)
		if j, ok := byURI[r.URI]; ok {
			parent[root(i)] = root(j)
		} else {
			byURI[r.URI] = i
		}
		key := descriptions[i].attributes()
		if j, ok := byAttributes[key]; ok {
			parent[root(i)] = root(j)
		} else {
			byAttributes[key] = i
		}
	}
	least := make(map[int]int)
	for i := range rs {
		k := root(i)
		if j, ok := least[k]; !ok || compare(descriptions[i], descriptions[j]) < 0 {
			least[k] = i
		}
	}
	members := slices.SortedFunc(maps.Values(least), func(a, b int) int { return compare(descriptions[a], descriptions[b]) })
	index := make(map[int]int, len(members))
	for g, i := range members {
		index[root(i)] = g
		groups = append(groups, descriptions[i])
	}
	of = make([]int, len(rs))
	for i := range rs {
		of[i] = index[root(i)]
	}
	return groups, of
}

// compare orders descriptions: by the most visible attributes first, by path last.
func compare(a, b Description) int {
	return cmp.Or(
		cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Height, b.Height),
		cmp.Compare(a.Bandwidth, b.Bandwidth),
		cmp.Compare(a.FrameRate, b.FrameRate),
		cmp.Compare(a.Codecs, b.Codecs),
		cmp.Compare(a.VideoRange, b.VideoRange),
		cmp.Compare(a.Language, b.Language),
		cmp.Compare(a.GroupID, b.GroupID),
		cmp.Compare(a.AudioGroup, b.AudioGroup),
		cmp.Compare(a.VideoGroup, b.VideoGroup),
		cmp.Compare(a.SubtitlesGroup, b.SubtitlesGroup),
		compareBool(a.Forced, b.Forced),
		cmp.Compare(a.Characteristics, b.Characteristics),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Channels, b.Channels),
		cmp.Compare(a.AverageBandwidth, b.AverageBandwidth),
		cmp.Compare(a.Width, b.Width),
		cmp.Compare(a.HDCPLevel, b.HDCPLevel),
		cmp.Compare(a.AllowedCPC, b.AllowedCPC),
		cmp.Compare(a.VideoLayout, b.VideoLayout),
		cmp.Compare(a.SupplementalCodecs, b.SupplementalCodecs),
		cmp.Compare(a.Captions, b.Captions),
		cmp.Compare(a.AssocLanguage, b.AssocLanguage),
		cmp.Compare(a.InstreamID, b.InstreamID),
		cmp.Compare(a.SampleRate, b.SampleRate),
		cmp.Compare(a.BitDepth, b.BitDepth),
		cmp.Compare(a.PathwayID, b.PathwayID),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.StableID, b.StableID),
	)
}

// kindOrder puts variants first: a rendition that shares a variant's address gets the variant's name.
func kindOrder(k hls.RenditionKind) int {
	return slices.Index([]hls.RenditionKind{hls.Variant, hls.Audio, hls.Video, hls.Subtitles, hls.IFrame, hls.Image}, k)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// fresh returns an unused name for d: the base name, extended by an attribute that distinguishes d from each rendition that
// already has the name; if there is none, by a number. numbers holds the last number used for each name.
func fresh(taken map[string]Description, numbers map[string]int, d Description) string {
	name := d.base()
	if !usable(name) {
		name = join("variant", name)
	}
	mine := d.suffixes()
	used := make([]bool, len(mine))
	for len(name) < maxName {
		owner, clash := taken[name]
		if !clash {
			return name
		}
		theirs := owner.suffixes()
		next := -1
		for i := range mine {
			if !used[i] && mine[i] != "" && mine[i] != theirs[i] {
				next = i
				break
			}
		}
		if next < 0 {
			break
		}
		used[next] = true
		name += "-" + mine[next]
	}
	if _, clash := taken[name]; !clash {
		return name
	}
	for n := max(numbers[name]+1, 2); ; n++ {
		numbers[name] = n
		numbered := name + "-" + strconv.Itoa(n)
		if _, clash := taken[numbered]; !clash {
			return numbered
		}
	}
}

// prune drops unused names, in alphabetical order, until all has at most MaxNames.
func prune(all map[string]Description, given []string) {
	if len(all) <= MaxNames {
		return
	}
	inUse := make(map[string]bool, len(given))
	for _, n := range given {
		inUse[n] = true
	}
	for _, n := range slices.Sorted(maps.Keys(all)) {
		if len(all) <= MaxNames {
			return
		}
		if !inUse[n] {
			delete(all, n)
		}
	}
}
