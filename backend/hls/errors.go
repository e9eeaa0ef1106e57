package hls

import (
	"errors"
	"fmt"
)

var (
	// ErrNotPlaylist is returned when the text does not begin with #EXTM3U, or is a playlist of the other kind.
	ErrNotPlaylist = errors.New("not an HLS playlist of the expected kind")
	// ErrVariable is returned for a variable that is used or imported but not defined, for a missing query parameter of
	// EXT-X-DEFINE, and when substitution grows beyond MaxSubstituted (RFC 8216bis, sections 4.3 and 4.4.2.3).
	ErrVariable = errors.New("undefined variable")
	// ErrLineTooLong is returned for a line of more than MaxLine bytes.
	ErrLineTooLong = errors.New("line too long")
	// ErrTooLarge is returned beyond MaxPlaylist, MaxSegments, MaxParts, MaxKeys, MaxMaps or MaxRenditions.
	ErrTooLarge = errors.New("playlist too large")
)

// Limits beyond which the whole playlist is refused: half a playlist would be a wrong one.
const (
	// MaxPlaylist bounds the text, in bytes. A 24-hour DVR playlist of two-second segments has about 5 MB.
	MaxPlaylist = 32 << 20
	// MaxLine bounds a line, in bytes without its end. Only data: addresses come near it.
	MaxLine = 1 << 20
	// MaxSegments bounds the media segments of one media playlist: a day has 86,400 seconds.
	MaxSegments = 200_000
	// MaxParts bounds the partial segments of one media playlist.
	MaxParts = 200_000
	// MaxRenditions bounds the renditions of one multivariant playlist. The largest seen has about 200.
	MaxRenditions = 1_000
	// MaxKeys bounds the EXT-X-KEY tags, MaxMaps the EXT-X-MAP tags of one media playlist. A day in which the key changes
	// every ten seconds has 8,640.
	MaxKeys = 16_384
	MaxMaps = 16_384
	// MaxSubstituted bounds what variables add to one playlist, in bytes: definitions that use definitions would
	// otherwise grow without end.
	MaxSubstituted = 4 << 20
)

// Limits beyond which the excess is left out: the rest still plays.
const (
	// MaxAttributes bounds the attributes of one tag. EXT-X-STREAM-INF, the longest tag, has 20.
	MaxAttributes = 256
	// MaxHints bounds the EXT-X-PRELOAD-HINT and EXT-X-PREFETCH tags of one media playlist.
	MaxHints = 1_000
	// MaxReports bounds the EXT-X-RENDITION-REPORT tags of one media playlist: one for each rendition.
	MaxReports = MaxRenditions
	// MaxDateRanges bounds the EXT-X-DATERANGE tags of one media playlist. A day with an advertisement every 30 seconds has
	// 2,880.
	MaxDateRanges = 4_096
	// MaxAssets bounds the addresses of one playlist outside of its segments: in date ranges, session data, session
	// keys and unknown tags.
	MaxAssets = 4_096
	// MaxVariables bounds the variables of one playlist.
	MaxVariables = 1_000
	// MaxFormats bounds the KEYFORMATs of one playlist. Four are in use.
	MaxFormats = 16
)

// atLine adds the line and the tag to err. Values of the playlist never enter an error: they may be tokens.
func atLine(n int, tag string, err error) error {
	if tag == "" {
		return fmt.Errorf("line %d: %w", n, err)
	}
	return fmt.Errorf("line %d: %s: %w", n, tag, err)
}
