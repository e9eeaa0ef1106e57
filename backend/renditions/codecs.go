package renditions

import "strings"

// mp3 are the CODECS of MP3 in ISO base media (RFC 6381, section 3.3): it shares the sample entry of AAC.
var mp3 = []string{"mp4a.40.34", "mp4a.69", "mp4a.6b"}

// OtherCodec compares two CODECS attributes. what is "picture" or "sound" if a decoder for one cannot go on with the other, and a and b are
// the families of that; "" if it can, or if one of them names no codec.
func OtherCodec(codecs, others string) (what, a, b string) {
	for _, kind := range []struct {
		what   string
		family func(codecs string) string
	}{
		{"picture", func(codecs string) string { return family(codecs, families) }},
		{"sound", soundFamily},
	} {
		if a, b := kind.family(codecs), kind.family(others); a != "" && b != "" && a != b {
			return kind.what, a, b
		}
	}
	return "", "", ""
}

func soundFamily(codecs string) string {
	for c := range strings.SplitSeq(strings.ToLower(codecs), ",") {
		for _, known := range mp3 {
			if strings.TrimSpace(c) == known {
				return "mp3"
			}
		}
	}
	return family(codecs, audioFamilies)
}
