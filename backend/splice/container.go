package splice

import (
	"path"
	"strings"

	"gridwall/backend/timeline"
)

// Container names the container of a playlist's segments.
func Container(s *timeline.Snapshot) string {
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
