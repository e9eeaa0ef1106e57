package renditions

import (
	"strings"
	"unicode/utf8"
)

// MaxAttribute bounds the length of an attribute in a Description, in bytes; differences beyond it are ignored. Descriptions
// outlive their playlist, in memory and on disk, and an attribute can be a megabyte long.
const MaxAttribute = 256

// Bounded returns d with each text cut at MaxAttribute bytes. The texts are copies, so that the playlist's text can be freed.
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

// clip returns a copy of at most n bytes of s in valid UTF-8, which JSON does not change.
func clip(s string, n int) string { return strings.Clone(strings.ToValidUTF8(cut(s, n), "\ufffd")) }
