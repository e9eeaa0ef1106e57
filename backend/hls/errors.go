package hls

import (
	"errors"
	"fmt"
)

var (
	// ErrNotPlaylist is returned when the text does not begin with #EXTM3U, or is a playlist of the other kind.
	ErrNotPlaylist = errors.New("not an HLS playlist of the expected kind")
	// ErrVariable is returned when a variable is used or imported that nobody defined, when a query parameter that
	// EXT-X-DEFINE asks for is missing, or when substitution grows beyond MaxSubstituted (RFC 8216bis, 4.3 and 4.4.2.3).
	ErrVariable = errors.New("undefined variable")
	// ErrLineTooLong is returned for a line of more than MaxLine bytes.
	ErrLineTooLong = errors.New("line too long")
	// ErrNumber is returned where a number rules which segment or which bytes are meant, and is none.
	ErrNumber = errors.New("not a decimal number")
	// ErrTooLarge is returned beyond MaxPlaylist, MaxSegments, MaxParts or MaxRenditions.
	ErrTooLarge = errors.New("playlist too large")
)

// Limits. A playlist beyond one of them is refused as a whole: half a playlist would be a wrong one.
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
	// MaxSubstituted bounds what variables add to one playlist, in bytes: definitions that use definitions would
	// otherwise grow without end.
	MaxSubstituted = 4 << 20
)

// atLine says where in the playlist err was met. Values of the playlist never enter an error: they may be tokens.
func atLine(n int, tag string, err error) error {
	if tag == "" {
		return fmt.Errorf("line %d: %w", n, err)
	}
	return fmt.Errorf("line %d: %s: %w", n, tag, err)
}
