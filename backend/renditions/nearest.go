package renditions

import (
	"slices"
	"strings"

	"gridwall/backend/hls"
)

// Nearest returns the index of the rendition that is most like want, which is one of another playlist; -1 if there is none. separate
// says whether a variant's sound must be a rendition of its own, or must not; other reports whether there are variants of the other
// kind.
func Nearest(m *hls.Multivariant, want Description, separate bool) (best int, other bool) {
	audio := slices.ContainsFunc(m.Renditions, func(r hls.Rendition) bool { return r.Kind == hls.Audio })
	best = -1
	for i := range m.Renditions {
		r := &m.Renditions[i]
		if r.Kind != want.Kind {
			continue
		}
		if want.Kind == hls.Variant && (r.AudioGroup != "" && audio) != separate {
			other = true
			continue
		}
		if best < 0 || dissimilarity(r, want) < dissimilarity(&m.Renditions[best], want) {
			best = i
		}
	}
	return best, other
}

// dissimilarity says how far a rendition is from the wanted one. The resolution counts before the bandwidth, the language before anything
// else; without either, the best is nearest.
func dissimilarity(r *hls.Rendition, want Description) float64 {
	d := 0.0
	if want.Kind != hls.Variant && want.Kind != hls.IFrame && want.Kind != hls.Image {
		d += 8 * differs(strings.ToLower(r.Language), want.Language)
		d += 4 * differs(strings.ToLower(r.Name), strings.ToLower(want.Name))
		d += 2 * differs(r.Channels, want.Channels)
		if !r.Default {
			d++
		}
		return d
	}
	if want.Height > 0 && r.Height > 0 {
		d += 8 * ratio(float64(r.Height), float64(want.Height))
	} else if want.Height > 0 != (r.Height > 0) && want.Height == 0 && want.Bandwidth == 0 {
		d -= float64(r.Height) / 1e4
	}
	if want.Bandwidth > 0 && r.Bandwidth > 0 {
		d += ratio(float64(r.Bandwidth), float64(want.Bandwidth))
	} else if want.Bandwidth == 0 && want.Height == 0 {
		d -= float64(r.Bandwidth) / 1e9
	}
	if want.Codecs != "" && r.Codecs != "" {
		d += differs(codec(r.Codecs), codec(want.Codecs)) / 2
	}
	return d
}

// codec returns the sample entry of the first codec of a list.
func codec(list string) string {
	first, _, _ := strings.Cut(list, ",")
	entry, _, _ := strings.Cut(first, ".")
	return strings.TrimSpace(strings.ToLower(entry))
}

func differs(a, b string) float64 {
	if a == b {
		return 0
	}
	return 1
}

// ratio returns how many times one value is the other, less one.
func ratio(a, b float64) float64 { return max(a, b)/min(a, b) - 1 }
