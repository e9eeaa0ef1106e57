package renditions

import (
	"strings"
	"unicode/utf8"
)

// MaxAttribute is how many bytes of an attribute a Description keeps; what two renditions have beyond it does not tell them
// apart. Descriptions outlive their playlist, in memory and on disk, and a playlist may write a megabyte.
const MaxAttribute = 256

// Bounded returns d with each text cut at MaxAttribute bytes. The texts are copies: they do not hold on to the playlist in which
// they were read.
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

// cut returns s without what is beyond most bytes, and without half a character at its end.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// clip returns a copy of at most n bytes of s, as UTF-8: what JSON gives back is what was stored.
func clip(s string, n int) string { return strings.Clone(strings.ToValidUTF8(cut(s, n), "\ufffd")) }
