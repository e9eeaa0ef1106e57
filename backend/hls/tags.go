package hls

import "strings"

// The tags that are looked at. All others are passed on as they are.
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
	// Not in the RFC: the whole segments that will come next, which the upstream sends while it makes them.
	tagPrefetch       = "#EXT-X-PREFETCH"
	tagTwitchPrefetch = "#EXT-X-TWITCH-PREFETCH"
)

// maxTagName is the length, in bytes, of the longest tag that is looked at, and some more.
const maxTagName = 64

// isKnown reports whether the tag that a line begins with has rules for its addresses.
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

// canonical returns the tag that a misspelt name means: one in lower-case letters, one with blanks before its colon. "" where
// the name is spelt right, or means no tag that is known.
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

// flagTag returns the tag at the beginning of a line that has no value, and words behind it: hls.js reads the tag. "" for another.
func flagTag(line string) string {
	name, _, _ := strings.Cut(line, " ")
	switch name = strings.ToUpper(name); name {
	case tagDiscontinuity, tagEndList, tagGap, tagIFramesOnly, tagIndependent:
		return name
	}
	return ""
}
