package api

import (
	"context"
	"slices"
	"strings"
)

// Codecs is what the page that was opened last can play.
type Codecs struct {
	Plays []string `json:"plays" nullable:"false" doc:"Of h264, hevc, dolby_vision, av1, vp9, aac, mp3, ac3, eac3, opus, flac, those that the page plays."`
}

// codecNames are how people call the codecs, by their names in Codecs. Those of never no browser plays.
var codecNames = map[string]string{
	"h264": "H.264", "hevc": "H.265 (HEVC)", "dolby_vision": "Dolby Vision", "av1": "AV1", "vp9": "VP9", "aac": "AAC",
	"mp3": "MP3", "ac3": "Dolby Digital (AC-3)", "eac3": "Dolby Digital Plus (E-AC-3)", "opus": "Opus", "flac": "FLAC",
	"mpeg2": "MPEG-2", "mpeg4": "MPEG-4 Visual", "ac4": "Dolby AC-4", "dts": "DTS",
}

// never are the codecs that no browser plays.
var never = []string{"mpeg2", "mpeg4", "ac4", "dts"}

// codecOf is the codec that an entry of CODECS names (RFC 6381); "" for one that is not known, such as that of subtitles.
func codecOf(entry string) string {
	entry = strings.ToLower(strings.TrimSpace(entry))
	for _, c := range []struct{ prefix, codec string }{
		{"avc1", "h264"}, {"avc3", "h264"}, {"hvc1", "hevc"}, {"hev1", "hevc"}, {"dvh1", "dolby_vision"}, {"dvhe", "dolby_vision"},
		{"av01", "av1"}, {"vp09", "vp9"}, {"vp9", "vp9"}, {"mp4a.40.34", "mp3"}, {"mp4a.69", "mp3"}, {"mp4a.6b", "mp3"}, {"mp4a", "aac"},
		{"ac-3", "ac3"}, {"ec-3", "eac3"}, {"ac-4", "ac4"}, {"opus", "opus"}, {"flac", "flac"}, {"dts", "dts"},
		{"mp4v.61", "mpeg2"}, {"mp4v.60", "mpeg2"}, {"mp2v", "mpeg2"}, {"mp4v", "mpeg4"},
	} {
		if strings.HasPrefix(entry, c.prefix) {
			return c.codec
		}
	}
	return ""
}

// ReportCodecs takes what the page can play, which it knows best. The page that was opened last counts.
func (a *API) ReportCodecs(_ context.Context, c Codecs) error {
	plays := map[string]bool{}
	for _, codec := range c.Plays {
		if codecNames[codec] == "" || slices.Contains(never, codec) {
			return Errorf(CodeInvalid, "there is no codec %q", Cut(Plain(codec), 40))
		}
		plays[codec] = true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.plays = plays
	return nil
}

// unplayable names the codecs for which no variant of a stream can be played; nil where one can, or declares nothing.
// Without a page, that is told of those alone which no browser plays.
func (a *API) unplayable(variants []string) []string {
	a.mu.Lock()
	plays := a.plays
	a.mu.Unlock()
	var least []string
	for _, list := range variants {
		var lacking []string
		for entry := range strings.SplitSeq(list, ",") {
			codec := codecOf(entry)
			if codec == "" || plays[codec] || plays == nil && !slices.Contains(never, codec) {
				continue
			}
			if name := codecNames[codec]; !slices.Contains(lacking, name) {
				lacking = append(lacking, name)
			}
		}
		if lacking == nil {
			return nil
		}
		if least == nil || len(lacking) < len(least) {
			least = lacking
		}
	}
	return least
}
