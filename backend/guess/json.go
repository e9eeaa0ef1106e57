package guess

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxDepth and maxHits bound the search of a document.
	maxDepth = 64
	maxHits  = 5000
	// maxText bounds a title or a quality, in bytes.
	maxText = 1000
	// maxPathKey bounds a key in a path, in bytes, because the key becomes part of the program.
	maxPathKey = 200
	// maxGroups bounds the places in a document from which one program takes streams.
	maxGroups = 4
)

var (
	// playlistURL matches addresses of HLS playlists, m3u8URL those with the usual extension.
	playlistURL = regexp.MustCompile(`(?i)^[^\s]+(?:\.m3u8(?:[?#|;/].*)?|/manifest\([^)\s]*format=m3u8[^)\s]*\)(?:[?#].*)?|[?&](?:format|type|ext)=m3u8(?:[&#].*)?|/manifest/hls(?:[?#].*)?)$`)
	m3u8URL     = regexp.MustCompile(`(?i)\.m3u8`)
	// jqName matches a key that jq accepts without quotes.
	jqName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// addressKey matches a key that describes an address rather than a feed.
	addressKey = regexp.MustCompile(`(?i)url|uri|src|source|stream|hls|file|link|backup|playlist|manifest|m3u8|href|path|play`)

	// backupKey matches the key of an address that is an alternative to another one.
	backupKey = regexp.MustCompile(`(?i)backup|fallback|mirror|alt|second|low|preview|trailer|_?2$`)
	// jqStep matches the steps that shorten shortens.
	jqStep = regexp.MustCompile(`\? \| \.([A-Za-z_"])`)

	titleKeys   = []string{"title", "name", "label", "display_name", "displayName", "channel", "channel_name", "channelName", "feed", "event", "description", "slug", "id"}
	qualityKeys = []string{"quality", "resolution", "res", "height", "profile", "definition"}
)

// step is one step from the document to a hit: a key, any item of a list, or any value of an object.
type step struct {
	key  string
	iter bool // any item of a list
	dict bool // any value of an object, whose key is a name
}

// hit is one address in the document. levels[i] is the value after i steps.
type hit struct {
	path   []step
	levels []any
}

// group has the hits for one path of a jq program.
type group struct {
	path []step
	hits []hit
}

// query returns a jq program that yields the addresses of playlists in doc; "" if doc has no such address.
func query(doc any) string {
	w := walk{path: make([]step, 0, maxDepth+1), levels: append(make([]any, 0, maxDepth+2), doc)}
	w.walk(doc)
	hits := w.hits
	groups := chooseGroups(mergeGroups(groupHits(hits)))
	if len(groups) == 0 {
		return ""
	}
	parts := make([]string, len(groups))
	strict := false
	for i, g := range groups {
		parts[i] = g.program()
		strict = strict || !g.yieldsOnlyPlaylists(doc)
	}
	program := parts[0]
	if len(parts) > 1 {
		program = "(" + strings.Join(parts, "),\n(") + ")"
	}
	if strict {
		if len(parts) > 1 {
			program = "(" + program + ")"
		}
		wanted := `\\.m3u8([?#|;/]|$)`
		if slices.ContainsFunc(hits, func(h hit) bool { return !m3u8URL.MatchString(h.levels[len(h.levels)-1].(string)) }) {
			wanted += `|=m3u8|/manifest/hls`
		}
		program += "\n" + `| select(.url | strings | test("` + wanted + `"; "i"))`
	}
	return program
}

// walk searches a document. path and levels lead to the current value; hits have copies of them.
type walk struct {
	path   []step
	levels []any
	hits   []hit
}

// walk collects the addresses below v, in the document's order (with sorted keys, because Go's maps have no order).
func (w *walk) walk(v any) {
	if len(w.path) > maxDepth || len(w.hits) >= maxHits {
		return
	}
	descend := func(s step, child any) {
		w.path, w.levels = append(w.path, s), append(w.levels, child)
		w.walk(child)
		w.path, w.levels = w.path[:len(w.path)-1], w.levels[:len(w.levels)-1]
	}
	switch v := v.(type) {
	case string:
		if playlistURL.MatchString(v) {
			w.hits = append(w.hits, hit{path: slices.Clone(w.path), levels: slices.Clone(w.levels)})
		}
	case []any:
		for _, item := range v {
			descend(step{iter: true}, item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if len(key) <= maxPathKey {
				descend(step{key: key}, v[key])
			}
		}
	}
}

// pathID returns a string that identifies a path.
func pathID(path []step) string {
	var b strings.Builder
	for _, s := range path {
		b.WriteString(stepID(s))
	}
	return b.String()
}

func stepID(s step) string {
	switch {
	case s.iter:
		return "[]"
	case s.dict:
		return "{}"
	}
	return strconv.Quote(s.key)
}

// groupHits returns the hits grouped by their paths, in the order of their first hit.
func groupHits(hits []hit) []group {
	var out []group
	at := map[string]int{}
	for _, h := range hits {
		id := pathID(h.path)
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id] = i
			out = append(out, group{path: h.path})
		}
		out[i].hits = append(out[i].hits, h)
	}
	return out
}

// mergeGroups joins groups whose paths differ in one key: {"world": {"url": …}, "onboard": {"url": …}}. At the last step it joins
// only keys that name feeds: url and backup_url of one object are the same feed.
func mergeGroups(groups []group) []group {
	type place struct {
		mask string
		pos  int
	}
	members := map[place][]int{}
	var order []place
	for i, g := range groups {
		id, begin := pathID(g.path), 0
		for pos, s := range g.path {
			own := stepID(s)
			before, after := id[:begin], id[begin+len(own):]
			begin += len(own)
			if s.iter || pos == len(g.path)-1 && addressKey.MatchString(s.key) {
				continue
			}
			p := place{before + stepID(step{dict: true}) + after, pos}
			if members[p] == nil {
				order = append(order, p)
			}
			members[p] = append(members[p], i)
		}
	}
	slices.SortStableFunc(order, func(a, b place) int { return len(members[b]) - len(members[a]) })
	used := make([]bool, len(groups))
	var out []group
	for _, p := range order {
		list := slices.DeleteFunc(slices.Clone(members[p]), func(i int) bool { return used[i] })
		if len(list) < 2 {
			continue
		}
		m := group{path: slices.Clone(groups[list[0]].path)}
		m.path[p.pos] = step{dict: true}
		for _, i := range list {
			used[i] = true
			m.hits = append(m.hits, groups[i].hits...)
		}
		out = append(out, m)
	}
	for i, g := range groups {
		if !used[i] {
			out = append(out, g)
		}
	}
	return out
}

// chooseGroups returns the groups with the most hits, one for each path to an object: other addresses in the same object are of
// the same feed.
func chooseGroups(groups []group) []group {
	backup := func(g group) int {
		if n := len(g.path); n > 0 && backupKey.MatchString(g.path[n-1].key) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(len(b.hits)-len(a.hits), backup(a)-backup(b))
	})
	var out []group
	seen := map[string]bool{}
	for _, g := range groups {
		last := len(g.path) - 1
		if last >= 0 && g.path[last].key != "" {
			id := pathID(g.path[:last])
			if seen[id] {
				continue
			}
			seen[id] = true
		}
		if out = append(out, g); len(out) == maxGroups {
			break
		}
	}
	return out
}

// yieldsOnlyPlaylists reports whether the group's path leads only to addresses of playlists in doc.
func (g group) yieldsOnlyPlaylists(doc any) bool {
	n := 0
	var count func(v any, path []step)
	count = func(v any, path []step) {
		if len(path) == 0 {
			if v != nil && v != "" {
				n++
			}
			return
		}
		switch v := v.(type) {
		case []any:
			if path[0].iter {
				for _, item := range v {
					count(item, path[1:])
				}
			}
		case map[string]any:
			if path[0].dict {
				for _, item := range v {
					count(item, path[1:])
				}
			} else if item, ok := v[path[0].key]; ok && !path[0].iter {
				count(item, path[1:])
			}
		}
	}
	count(doc, g.path)
	return n == len(g.hits)
}

// program returns the jq program of the group: the path to the feeds, and an object for each.
func (g group) program() string {
	last := len(g.path) - 1
	// inner is the level of the object that contains the address.
	inner, address := len(g.path), "."
	if last >= 0 && !g.path[last].iter && !g.path[last].dict {
		inner, address = last, jqKey(g.path[last].key)
	}
	title := g.distinguishing(titleKeys, inner)
	quality := g.distinguishing(qualityKeys, inner)
	var b strings.Builder
	b.WriteString(".")
	name := func(f field, variable string) string {
		switch {
		case f.key == "":
			return "null"
		case f.level == inner:
			return jqKey(f.key)
		}
		return variable + jqKey(f.key)
	}
	dictName := ""
	for i := 0; ; i++ {
		if title.key != "" && title.level == i && i != inner {
			b.WriteString(" | . as $t")
		}
		if quality.key != "" && quality.level == i && i != inner {
			b.WriteString(" | . as $q")
		}
		if i == inner {
			break
		}
		switch s := g.path[i]; {
		case s.dict:
			b.WriteString(" | objects | to_entries[] | .key as $name | .value")
			dictName = "$name"
		case s.iter:
			b.WriteString(" | .[]?")
		default:
			b.WriteString(" | " + jqKey(s.key) + "?")
		}
	}
	titleText, qualityText := name(title, "$t"), name(quality, "$q")
	if titleText == "null" && dictName != "" {
		titleText = dictName
	}
	path := shorten(b.String())
	if address != "." {
		path += " | objects"
	}
	return path + " | {url: " + address + ", title: " + titleText + ", quality: " + qualityText + "}"
}

// shorten shortens the jq path ". | .a? | .[]? | .b?" to ".a[]?.b?".
func shorten(path string) string {
	path = strings.ReplaceAll(path, "? | .[]?", "[]?")
	path = strings.ReplaceAll(path, " | .[]?", "[]?")
	path = strings.TrimPrefix(path, ". | ")
	if strings.HasPrefix(path, "[]") {
		path = "." + path
	}
	return jqStep.ReplaceAllString(strings.ReplaceAll(path, ".[]? | .[]?", ".[]?[]?"), "?.$1")
}

// field is a key that describes a feed, and the level of the object that has it.
type field struct {
	key   string
	level int
}

// distinguishing returns which of keys distinguishes the feeds of the group: in the object with the address, otherwise in one above
// it. A key with the same value for all feeds is used only if there is no better one.
func (g group) distinguishing(keys []string, inner int) field {
	var shared field
	for level := min(inner, len(g.path)); level >= 0; level-- {
		for _, key := range keys {
			n, values := 0, map[string]bool{}
			for _, h := range g.hits {
				if object, ok := h.levels[level].(map[string]any); ok {
					if s := scalar(object[key]); s != "" && !strings.Contains(s, "://") {
						n++
						values[s] = true
					}
				}
			}
			switch {
			case 2*n < len(g.hits) || n == 0:
			case len(values) > 1 || len(g.hits) == 1:
				return field{key, level}
			case shared.key == "" && level == inner:
				shared = field{key, level}
			}
		}
	}
	return shared
}

// scalar returns a text or a number as text; "" for other values.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > maxText { // too long for a title or a quality
			return ""
		}
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// jqKey returns the key as a jq path.
func jqKey(key string) string {
	if jqName.MatchString(key) {
		return "." + key
	}
	quoted, _ := json.Marshal(key)
	return "." + string(quoted)
}
