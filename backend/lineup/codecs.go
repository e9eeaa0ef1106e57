package lineup

import (
	"slices"
	"strings"

	"gridwall/backend/stream"
)

// codecNames maps the keys of the codecs in the API to their usual names.
var codecNames = map[string]string{
	"h264": "H.264", "hevc": "H.265 (HEVC)", "dolby_vision": "Dolby Vision", "av1": "AV1", "vp9": "VP9", "aac": "AAC",
	"mp3": "MP3", "ac3": "Dolby Digital (AC-3)", "eac3": "Dolby Digital Plus (E-AC-3)", "opus": "Opus", "flac": "FLAC",
	"mpeg2": "MPEG-2", "mpeg4": "MPEG-4 Visual", "ac4": "Dolby AC-4", "dts": "DTS",
}

// inNoBrowser are the codecs that no browser plays.
var inNoBrowser = []string{"mpeg2", "mpeg4", "ac4", "dts"}

// codecOf returns the key of the codec that an entry of CODECS names (RFC 6381); "" for an unknown one, such as that of subtitles.
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

// SetCodecs sets the keys of the codecs that the page plays; the page that was opened last counts. It returns
// stream.ErrInvalid for an unknown codec, and for one that no browser plays.
func (l *Lineup) SetCodecs(keys []string) error {
	plays := map[string]bool{}
	for _, codec := range keys {
		if codecNames[codec] == "" || slices.Contains(inNoBrowser, codec) {
			return stream.Errorf(stream.ErrInvalid, "unknown codec %q", stream.Truncate(stream.SingleLine(codec), 40))
		}
		plays[codec] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plays = plays
	return nil
}

// unplayable returns the names of the codecs because of which a stream does not play: those that the page lacks for the variant
// with the fewest such codecs; nil if a variant plays, or declares no codecs. variants are the CODECS of each variant. Until a
// page has reported its codecs, only codecs that no browser plays count.
func (l *Lineup) unplayable(variants []string) []string {
	l.mu.Lock()
	plays := l.plays
	l.mu.Unlock()
	var fewest []string
	for _, list := range variants {
		var missing []string
		for entry := range strings.SplitSeq(list, ",") {
			codec := codecOf(entry)
			if codec == "" || plays[codec] || plays == nil && !slices.Contains(inNoBrowser, codec) {
				continue
			}
			if name := codecNames[codec]; !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
		if missing == nil {
			return nil
		}
		if fewest == nil || len(missing) < len(fewest) {
			fewest = missing
		}
	}
	return fewest
}
