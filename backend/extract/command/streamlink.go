package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// links is the output of streamlink --json: all streams of a page, or the one that the arguments select.
type links struct {
	Error    string `json:"error"`
	Metadata struct {
		Title  string `json:"title"`
		Author string `json:"author"`
	} `json:"metadata"`
	Streams map[string]link `json:"streams"`
	link
}

type link struct {
	Type    string            `json:"type"`
	URL     string            `json:"url"`
	Master  string            `json:"master"`
	Headers map[string]string `json:"headers"`
}

// qualityName finds the height and the frame rate in a stream's name: "1080p60", "720p_alt".
var qualityName = regexp.MustCompile(`^(\d{3,4})p(\d{2,3})?`)

// readStreamlink reads the output of streamlink --json. A page is one feed in several qualities. Each multivariant
// playlist gives one stream; if there are none, the best quality is the stream.
func readStreamlink(out []byte, src source.Source) (r reading, err error) {
	values, mixed, err := valuesOf(out)
	if err != nil {
		return r, jsonError(err)
	}
	r.parsed = !mixed
	var l links
	for _, v := range values {
		l = links{}
		if err := json.Unmarshal(v, &l); err != nil && (!mixed || !wrongShape(err)) {
			return r, jsonError(err)
		}
		if l.Error != "" || l.Streams != nil || l.URL != "" {
			break
		}
	}
	if l.Error != "" {
		r.toolError = l.Error
		return r, nil
	}
	if l.Streams == nil && l.URL == "" {
		return r, errors.New("it has neither streams nor an url")
	}
	title := extract.CleanTitle(cmp.Or(l.Metadata.Title, l.Metadata.Author))
	if l.URL != "" {
		l.Streams = map[string]link{"best": l.link}
	}
	var multivariant, media []string // names
	seen := map[string]bool{}
	order := byQuality(l.Streams)
	names := map[string]string{} // by address: the name of the best quality, not an alias
	for _, name := range order {
		if url := l.Streams[name].URL; !isAlias(name) && names[url] == "" {
			names[url] = name
		}
	}
	for _, name := range order {
		s := l.Streams[name]
		switch {
		case !strings.HasPrefix(s.Type, "hls"):
			r.notHLS++
		case isHTTP(s.Master):
			if !seen[s.Master] {
				seen[s.Master] = true
				multivariant = append(multivariant, name)
			}
		case isHTTP(s.URL):
			media = append(media, name)
		default:
			r.notHTTP++
		}
	}
	if len(multivariant) == 0 && len(media) > 0 {
		multivariant = media[:1]
	}
	for _, name := range multivariant {
		s := l.Streams[name]
		r.found = append(r.found, extract.Found{
			URL: cmp.Or(s.Master, s.URL), Title: title, Quality: linkQuality(name, names[s.URL]), Headers: usableHeaders(s.Headers),
		})
	}
	return r, nil
}

// isAlias reports whether name is an alias that streamlink adds to the qualities.
func isAlias(name string) bool {
	return name == "best" || name == "worst" || strings.HasSuffix(name, "-unfiltered")
}

// byQuality returns the names of the streams, the best first and aliases last.
func byQuality(streams map[string]link) []string {
	var names []string
	for name := range streams {
		names = append(names, name)
	}
	rank := func(name string) int {
		best := streams["best"]
		switch {
		case name == "best":
			return -1
		case isAlias(name):
			return -2
		case streams[name].URL == best.URL && best.URL != "":
			return 1 << 30
		}
		return height(name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), strings.Compare(a, b))
	})
	return names
}

// height returns a number that sorts names by the picture's height and then by the frame rate; 0 if name has no height.
func height(name string) int {
	m := qualityName.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	height, _ := strconv.Atoi(m[1])
	fps, _ := strconv.Atoi(m[2])
	return height*1000 + fps
}

// linkQuality returns the quality in a stream's name, "" if there is none ("live"). For an alias, other is another name of
// the same address.
func linkQuality(name, other string) string {
	if isAlias(name) && other != "" {
		name = other
	}
	if height(name) == 0 {
		return ""
	}
	return qualityName.FindString(name)
}
