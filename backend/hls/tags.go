package hls

import "strings"

// The tags that are interpreted. All others are copied.
const (
	tagDefine        = "#EXT-X-DEFINE"
	tagSteering      = "#EXT-X-CONTENT-STEERING"
	tagStart         = "#EXT-X-START"
	tagStreamInf     = "#EXT-X-STREAM-INF"
	tagMedia         = "#EXT-X-MEDIA"
	tagIFrame        = "#EXT-X-I-FRAME-STREAM-INF"
	tagImage         = "#EXT-X-IMAGE-STREAM-INF"
	tagSessionKey    = "#EXT-X-SESSION-KEY"
	tagSessionData   = "#EXT-X-SESSION-DATA"
	tagExtInf        = "#EXTINF"
	tagByteRange     = "#EXT-X-BYTERANGE"
	tagDiscontinuity = "#EXT-X-DISCONTINUITY"
	tagKey           = "#EXT-X-KEY"
	tagMap           = "#EXT-X-MAP"
	tagPDT           = "#EXT-X-PROGRAM-DATE-TIME"
	tagGap           = "#EXT-X-GAP"
	tagPart          = "#EXT-X-PART"
	tagTarget        = "#EXT-X-TARGETDURATION"
	tagMSN           = "#EXT-X-MEDIA-SEQUENCE"
	tagDiscSeq       = "#EXT-X-DISCONTINUITY-SEQUENCE"
	tagEndList       = "#EXT-X-ENDLIST"
	tagType          = "#EXT-X-PLAYLIST-TYPE"
	tagIFramesOnly   = "#EXT-X-I-FRAMES-ONLY"
	tagPartInf       = "#EXT-X-PART-INF"
	tagControl       = "#EXT-X-SERVER-CONTROL"
	tagSkip          = "#EXT-X-SKIP"
	tagHint          = "#EXT-X-PRELOAD-HINT"
	tagReport        = "#EXT-X-RENDITION-REPORT"
	tagDateRange     = "#EXT-X-DATERANGE"
	tagVersion       = "#EXT-X-VERSION"
	tagIndependent   = "#EXT-X-INDEPENDENT-SEGMENTS"
	tagBitrate       = "#EXT-X-BITRATE"
	// A vendor's tag: whole segments that will come next, which the upstream sends while it produces them.
	tagPrefetch       = "#EXT-X-PREFETCH"
	tagTwitchPrefetch = "#EXT-X-TWITCH-PREFETCH"
)

// maxTagName is the length, in bytes, of the longest interpreted tag, with some room.
const maxTagName = 64

// isKnown reports whether the tag at the beginning of a line has rules for its addresses.
func isKnown(text string) bool {
	name, _, _ := strings.Cut(text, ":")
	return isKnownTag(name)
}

func isKnownTag(name string) bool {
	switch name {
	case tagDefine, tagSteering, tagStart, tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData,
		tagExtInf, tagByteRange, tagDiscontinuity, tagKey, tagMap, tagPDT, tagGap, tagPart, tagTarget, tagMSN, tagDiscSeq,
		tagEndList, tagType, tagIFramesOnly, tagPartInf, tagControl, tagSkip, tagHint, tagReport, tagDateRange,
		tagPrefetch, tagTwitchPrefetch, tagVersion, tagIndependent, tagBitrate:
		return true
	}
	return false
}

// canonical returns the tag that a misspelt name stands for: one in lower case, or with blanks before its colon. It
// returns "" if the name is right, or unknown.
func canonical(name string) string {
	if len(name) > maxTagName {
		return flagTag(name[:maxTagName])
	}
	wrong := false
	for i := 4; i < len(name); i++ { // behind "#EXT"
		if c := name[i]; c >= 'a' || c <= ' ' {
			wrong = true
			break
		}
	}
	if !wrong && strings.HasPrefix(name, "#EXT") {
		return ""
	}
	if name = strings.ToUpper(strings.TrimSpace(name)); isKnownTag(name) {
		return name
	}
	return flagTag(name)
}

// flagTag returns the tag at the beginning of a line that takes no value but is followed by text: hls.js reads the tag.
// "" for any other line.
func flagTag(line string) string {
	name, _, _ := strings.Cut(line, " ")
	switch name = strings.ToUpper(name); name {
	case tagDiscontinuity, tagEndList, tagGap, tagIFramesOnly, tagIndependent:
		return name
	}
	return ""
}
