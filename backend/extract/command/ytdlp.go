package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/weburl"
)

// maxDepth bounds the nesting of playlists.
const maxDepth = 8

// video is an item of the output: a video, or a list of videos.
type video struct {
	Type       string `json:"_type"`
	Title      string `json:"title"`
	LiveStatus string `json:"live_status"`
	IsUpcoming bool   `json:"is_upcoming"`
	// ReleaseTimestamp and Timestamp are Unix seconds, null, or another type that an extractor of yt-dlp has chosen.
	ReleaseTimestamp any      `json:"release_timestamp"`
	Timestamp        any      `json:"timestamp"`
	IsLive           bool     `json:"is_live"`
	Entries          []*video `json:"entries"`
	Formats          []format `json:"formats"`
	// A video with a single format has its fields at the top level.
	format
}

type format struct {
	ID          string            `json:"format_id"`
	Note        string            `json:"format_note"`
	URL         string            `json:"url"`
	ManifestURL string            `json:"manifest_url"`
	Protocol    string            `json:"protocol"`
	Height      float64           `json:"height"`
	VideoCodec  string            `json:"vcodec"`
	DRM         any               `json:"has_drm"` // true, false, null or "maybe"
	Headers     map[string]string `json:"http_headers"`
	Cookies     string            `json:"cookies"`
}

// liveClock matches the time of the run, which yt-dlp appends to the title of a live video.
var liveClock = regexp.MustCompile(` \d{4}-\d\d-\d\d \d\d:\d\d$`)

// readYtDlp reads the output of yt-dlp -J (one value) or -j (one value per line).
func readYtDlp(out []byte, src source.Source) (r reading, err error) {
	// If some entries of a list fail, yt-dlp prints the others and exits with status 1.
	r.partial = true
	values, mixed, err := valuesOf(out)
	if err != nil {
		return reading{}, jsonError(err)
	}
	if len(values) == 0 {
		return r, errors.New("it is empty")
	}
	r.parsed = !mixed
	for _, raw := range values {
		var v *video
		err := json.Unmarshal(raw, &v)
		if err != nil && (!mixed || !wrongShape(err)) {
			return reading{}, jsonError(err)
		}
		if v != nil && err == nil {
			r.addVideo(v, 0)
		}
	}
	return r, nil
}

func (r *reading) addVideo(v *video, depth int) {
	if depth > maxDepth || len(r.found) > MaxStreams {
		return
	}
	switch v.Type {
	case "url", "url_transparent":
		r.unresolved++
		return
	}
	for _, e := range v.Entries {
		if e != nil {
			r.addVideo(e, depth+1)
		}
	}
	all := v.Formats
	if len(all) == 0 && v.URL != "" {
		all = []format{v.format}
	}
	if at, ok := v.begins(); ok && len(all) == 0 {
		if !at.IsZero() && (!r.upcoming || at.Before(r.begins)) {
			r.begins = at
		}
		r.upcoming = true
	}
	if len(all) == 0 {
		return
	}
	r.addFormats(v, all)
}

// manifest is an HLS playlist that formats of one video share.
type manifest struct {
	url       string
	height    float64
	audioOnly bool
	// first is the format whose headers are used; name distinguishes the manifest from the video's other ones.
	first *format
	name  string
}

// addFormats adds a stream for each HLS playlist of a video. The formats of one multivariant playlist are one stream,
// because players choose among them.
func (r *reading) addFormats(v *video, all []format) {
	var list []*manifest
	byURL := map[string]*manifest{}
	other, drm := 0, 0
	for i := range all {
		f := &all[i]
		switch {
		case !f.isHLS():
			other++
			continue
		case f.DRM == true:
			drm++
			continue
		}
		address := cmp.Or(f.ManifestURL, f.URL)
		m := byURL[address]
		if m == nil {
			m = &manifest{url: address, first: f, audioOnly: true, name: formatName(f)}
			byURL[address] = m
			list = append(list, m)
		}
		m.height = max(m.height, f.Height)
		m.audioOnly = m.audioOnly && f.VideoCodec == "none"
		m.name = commonPrefix(m.name, formatName(f))
	}
	videos := 0
	for _, m := range list {
		if !m.audioOnly {
			videos++
		}
	}
	title := extract.CleanTitle(v.Title)
	if v.IsLive || v.LiveStatus == "is_live" {
		// Otherwise the title, and with it the stream's identity, would change with each extraction.
		title = liveClock.ReplaceAllString(title, "")
	}
	qualities := map[string]int{}
	for _, m := range list {
		qualities[m.quality()]++
	}
	added := 0
	shared := usableHeaders(v.Headers) // of all formats without headers of their own
	for _, m := range list {
		if len(r.found) > MaxStreams {
			break
		}
		if m.audioOnly && videos > 0 {
			continue // the audio of the video formats
		}
		if !isHTTP(m.url) {
			r.notHTTP++
			continue
		}
		f := extract.Found{URL: m.url, Title: title, Quality: m.quality(), Headers: m.first.headers(m.url, shared)}
		if qualities[f.Quality] > 1 {
			if name := strings.Trim(m.name, "-_ "); name != "" {
				f.Title = strings.TrimSpace(f.Title + " (" + extract.CleanTitle(name) + ")")
			}
		}
		r.found = append(r.found, f)
		added++
	}
	if added == 0 && len(list) == 0 {
		if drm > 0 {
			r.drm++
		} else if other > 0 {
			r.notHLS++
		}
	}
}

func (f *format) isHLS() bool {
	if f.Protocol != "" {
		return strings.HasPrefix(f.Protocol, "m3u8")
	}
	u, err := weburl.Parse(f.URL)
	return err == nil && strings.HasSuffix(strings.ToLower(u.Path), ".m3u8")
}

func (m *manifest) quality() string {
	if m.height < 1 || m.height > 1e5 {
		return ""
	}
	return fmt.Sprintf("%dp", int(m.height))
}

// formatName returns the part of a format's name that its manifest determines: "hls-fastly" of "hls-fastly-1080".
func formatName(f *format) string {
	if f.Note != "" && !strings.ContainsAny(f.Note, "0123456789") {
		return f.Note
	}
	return strings.TrimRight(f.ID, "0123456789-_.p")
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return strings.ToValidUTF8(a[:n], "")
}

// headers returns the headers that the tool would send to the CDN. ofVideo are the usable headers of the video.
func (f *format) headers(address string, ofVideo map[string]string) map[string]string {
	out := ofVideo
	if f.Headers != nil {
		out = usableHeaders(f.Headers)
	}
	if f.Cookies != "" && !hasHeader(out, "Cookie") {
		if c := cookieHeader(f.Cookies, address); c != "" {
			if out = maps.Clone(out); out == nil {
				out = map[string]string{}
			}
			out["Cookie"] = c
		}
	}
	return out
}
