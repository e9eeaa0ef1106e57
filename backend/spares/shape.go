package spares

import (
	"context"
	"net/http"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/renditions"
	"gridwall/backend/splice"
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
	best, other := renditions.Nearest(m, want, separate)
	switch {
	case best >= 0:
		// Players keep the decoders that they have opened, and the served playlist names the codecs of the stream itself.
		if what, is, was := renditions.OtherCodec(m.Renditions[best].Codecs, want.Codecs); what != "" {
			return "", incompatible("its %s is %s, that of this stream %s", what, is, was)
		}
		return names[best], nil
	case want.Kind == hls.Audio, want.Kind == hls.Variant && other && separate:
		return "", incompatible("its picture and sound come as one, those of this stream separately")
	case want.Kind == hls.Variant && other:
		return "", incompatible("its picture and sound come separately, those of this stream as one")
	}
	return "", errNoRendition
}

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
	if a, b := splice.Container(own), splice.Container(spare); a != b {
		return incompatible("its segments are %s, those of this stream %s", b, a)
	}
	return nil
}
