package renditions

import (
	"strings"
	"unicode/utf8"
)

// MaxAttribute is the number of bytes of an attribute that a Description keeps; differences beyond it are ignored.
// Descriptions outlive their playlist, in memory and on disk, and a playlist may contain a megabyte.
const MaxAttribute = 256

// Bounded returns d with each text cut at MaxAttribute bytes. The texts are copies, which do not keep the playlist in
// memory.
func (d Description) Bounded() Description {
	for _, s := range [...]*string{
		(*string)(&d.Kind), &d.Codecs, &d.VideoRange, &d.GroupID, &d.AudioGroup, &d.SubtitlesGroup, &d.VideoGroup, &d.Language,
		&d.Name, &d.Channels, &d.Characteristics, &d.StableID, &d.PathwayID, &d.HDCPLevel, &d.AllowedCPC, &d.VideoLayout,
		&d.SupplementalCodecs, &d.Captions, &d.AssocLanguage, &d.InstreamID, &d.Path,
	} {
		*s = clip(*s, MaxAttribute)
	}
	return d
}

// cut returns at most the first most bytes of s, ending at a whole character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// clip returns a copy of at most n bytes of s in valid UTF-8, so that JSON returns what was stored.
func clip(s string, n int) string { return strings.Clone(strings.ToValidUTF8(cut(s, n), "\ufffd")) }
