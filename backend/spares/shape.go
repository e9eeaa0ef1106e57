package spares

import (
	"cmp"
	"context"
	"net/http"
	"path"
	"slices"
	"strings"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/renditions"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// playlist is a playlist of a stream that continues a served rendition.
type playlist struct {
	*playback.Stream
	Rendition *playback.Rendition
	Snapshot  *timeline.Snapshot
}

// errNoRendition is returned if a stream has nothing that continues a rendition without which players can go on: subtitles, pictures.
var errNoRendition error = fetch.Failf(http.StatusNotFound, "unknown_rendition", "the spare has no such rendition")

func incompatible(format string, args ...any) error {
	return stream.Errorf(ErrIncompatible, format, args...)
}

// match returns the name of the rendition of st that continues the served rendition of the channel's own stream: the nearest by
// resolution and bandwidth, or by language. The error is ErrIncompatible if players cannot go on with it.
func (c *Channel) match(ctx context.Context, st *playback.Stream, served string) (string, error) {
	root := st.Root()
	if root == nil {
		var err error
		if root, err = st.LoadRoot(ctx); err != nil {
			return "", err
		}
	}
	own, err := c.stream(c.id)
	if err != nil {
		return "", err
	}
	known := own.Descriptions()
	want, ok := known[served]
	if !ok && served != playback.MainRendition { // a name of the spare's: the stream's own playlist could never be read
		want, ok = st.Descriptions()[served]
	}
	if !ok && served != playback.MainRendition {
		return "", errNoRendition
	}
	if !ok {
		want = renditions.Description{Kind: hls.Variant, Bandwidth: c.s.bitrate(c.id)}
	}
	separate := want.Kind == hls.Audio || want.AudioGroup != "" && hasAudio(known)
	if root.Multi == nil {
		switch {
		case separate:
			return "", incompatible("its picture and sound come as one, those of this stream separately")
		case want.Kind != hls.Variant:
			return "", errNoRendition
		}
		return playback.MainRendition, nil
	}
	return nearest(root.Multi, root.Names, want, separate)
}

// hasAudio reports whether one of the renditions is audio of its own.
func hasAudio(known map[string]renditions.Description) bool {
	for _, d := range known {
		if d.Kind == hls.Audio {
			return true
		}
	}
	return false
}

// nearest returns the name of the rendition that is most like want.
func nearest(m *hls.Multivariant, names []string, want renditions.Description, separate bool) (string, error) {
	audio := slices.ContainsFunc(m.Renditions, func(r hls.Rendition) bool { return r.Kind == hls.Audio })
	best, other := -1, false
	for i := range m.Renditions {
		r := &m.Renditions[i]
		if r.Kind != want.Kind {
			continue
		}
		if want.Kind == hls.Variant && (r.AudioGroup != "" && audio) != separate {
			other = true
			continue
		}
		if best < 0 || distance(r, want) < distance(&m.Renditions[best], want) {
			best = i
		}
	}
	switch {
	case best >= 0:
		return names[best], nil
	case want.Kind == hls.Audio:
		return "", incompatible("its picture and sound come as one, those of this stream separately")
	case want.Kind == hls.Variant && other && separate:
		return "", incompatible("its picture and sound come as one, those of this stream separately")
	case want.Kind == hls.Variant && other:
		return "", incompatible("its picture and sound come separately, those of this stream as one")
	}
	return "", errNoRendition
}

// distance says how far a rendition is from the wanted one. The resolution counts before the bandwidth, the language before anything
// else; without either, the best is nearest.
func distance(r *hls.Rendition, want renditions.Description) float64 {
	d := 0.0
	if want.Kind != hls.Variant && want.Kind != hls.IFrame && want.Kind != hls.Image {
		d += 8 * differs(strings.ToLower(r.Language), want.Language)
		d += 4 * differs(strings.ToLower(r.Name), strings.ToLower(want.Name))
		d += 2 * differs(r.Channels, want.Channels)
		if !r.Default {
			d++
		}
		return d
	}
	if want.Height > 0 && r.Height > 0 {
		d += 8 * ratio(float64(r.Height), float64(want.Height))
	} else if want.Height > 0 != (r.Height > 0) && want.Height == 0 && want.Bandwidth == 0 {
		d -= float64(r.Height) / 1e4
	}
	if want.Bandwidth > 0 && r.Bandwidth > 0 {
		d += ratio(float64(r.Bandwidth), float64(want.Bandwidth))
	} else if want.Bandwidth == 0 && want.Height == 0 {
		d -= float64(r.Bandwidth) / 1e9
	}
	if want.Codecs != "" && r.Codecs != "" {
		d += differs(codec(r.Codecs), codec(want.Codecs)) / 2
	}
	return d
}

// codec returns the sample entry of the first codec of a list.
func codec(list string) string {
	first, _, _ := strings.Cut(list, ",")
	entry, _, _ := strings.Cut(first, ".")
	return strings.TrimSpace(strings.ToLower(entry))
}

func differs(a, b string) float64 {
	if a == b {
		return 0
	}
	return 1
}

// ratio returns how many times one value is the other, less one.
func ratio(a, b float64) float64 { return max(a, b)/min(a, b) - 1 }

// bitrate returns the bit rate that a health check found for a stream; 0 if none did.
func (s *Service) bitrate(id string) int64 {
	if st, ok := s.o.Streams.Stream(id); ok && st.Health != nil {
		return st.Health.Bitrate
	}
	return 0
}

// joinable returns an error if players cannot go on from one media playlist with another: those with and without init sections
// cannot follow one another, as HLS cannot take an init section back, and players keep the demultiplexer they began with.
func joinable(own, spare *timeline.Snapshot) error {
	if own == nil || spare == nil || len(own.Media.Segments) == 0 || len(spare.Media.Segments) == 0 {
		return nil
	}
	if a, b := container(own), container(spare); a != b {
		return incompatible("its segments are %s, those of this stream %s", b, a)
	}
	return nil
}

// container names the container of a playlist's segments.
func container(s *timeline.Snapshot) string {
	if len(s.Media.Maps) > 0 {
		return "fragmented MP4"
	}
	uri, _, _ := strings.Cut(s.Media.Segments[len(s.Media.Segments)-1].URI, "?")
	switch strings.ToLower(path.Ext(uri)) {
	case ".aac":
		return "AAC"
	case ".mp3":
		return "MP3"
	case ".ac3", ".ec3", ".eac3":
		return "Dolby Digital"
	case ".vtt", ".webvtt":
		return "WebVTT"
	}
	return "MPEG-TS"
}

// variantFirst orders names of renditions so that those of variants come first.
func variantFirst(known map[string]renditions.Description) func(a, b string) int {
	return func(a, b string) int {
		return cmp.Or(-cmp.Compare(isVariant(known, a), isVariant(known, b)), cmp.Compare(a, b))
	}
}

func isVariant(known map[string]renditions.Description, name string) int {
	if d, ok := known[name]; !ok || d.Kind == hls.Variant {
		return 1
	}
	return 0
}
