package renditions

import (
	"cmp"
	"gridwall/backend/hls"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MaxNames bounds the names remembered for one stream. Beyond it, names that nothing in the playlist bears go, in the
// order of the alphabet: a player that still holds one would have to load the multivariant playlist again.
const MaxNames = 512

// maxName is the length, in bytes, from which a name gets no further suffix but a number.
const maxName = 80

// Names gives each rendition its name. A name describes what it stands for ("1080p-6000k", "audio-en"), never its place
// in the list; it is fit for a path element and never "index", "main", nor begins with "init-" or "key-". known are the
// names given before: each is used again for the nearest description of its kind, by one rendition at most. Renditions
// with one URI share a name, and so do those with the same attributes: they are each other's failover.
//
// names[i] is rs[i]'s; all is known with what each used name now describes, and the new names: what to store. The
// order of rs does not change which description gets which name.
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

// usable reports whether this package could have given the name.
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

// group puts renditions together that share a URI or all attributes, directly or through others. Each group is described
// by its least member; groups come in the order of their descriptions, and of[i] is the group of rs[i].
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
	place := make(map[int]int, len(members))
	for g, i := range members {
		place[root(i)] = g
		groups = append(groups, descriptions[i])
	}
	of = make([]int, len(rs))
	for i := range rs {
		of[i] = place[root(i)]
	}
	return groups, of
}

// compare orders descriptions: by what a reader sees first, by path last.
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

// kindOrder puts variants first: a rendition that shares a variant's address is named as the variant.
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

// fresh makes a name for d that nobody bears: the base, and behind it what tells d from each bearer it meets; where
// nothing does, a number. numbers are the last ones given behind a name.
func fresh(taken map[string]Description, numbers map[string]int, d Description) string {
	name := d.base()
	if !usable(name) {
		name = join("variant", name)
	}
	mine := d.suffixes()
	used := make([]bool, len(mine))
	for len(name) < maxName {
		bearer, clash := taken[name]
		if !clash {
			return name
		}
		theirs := bearer.suffixes()
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
