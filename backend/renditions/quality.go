package renditions

import (
	"gridwall/backend/hls"
	"strconv"
	"strings"
)

// maxHeight bounds a wanted height, in pixels.
const maxHeight = 1 << 16

// Quality selects variants of a multivariant playlist. The zero Quality selects all.
type Quality struct {
	// Height is in pixels, Bandwidth in bit/s; at most one of them is set. With AtMost: all variants up to it; without:
	// those with exactly it, or the nearest below, or the lowest.
	Height    int
	Bandwidth int64
	AtMost    bool
	// Most and Least select the best and the smallest variant, Sound those without video.
	Most, Least, Sound bool
}

// ParseQuality reads max, min, audio, a height ("720p", "720"), a bandwidth ("2500k", "6m"), each of the two with "<="
// before it, and the name of a variant that has gone ("720p-2500k": its height). Anything else, "auto" and "" return
// the zero Quality.
func ParseQuality(s string) (q Quality) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "max", "best":
		return Quality{Most: true}
	case "min", "worst":
		return Quality{Least: true}
	case "audio":
		return Quality{Sound: true}
	}
	s, q.AtMost = strings.CutPrefix(s, "<=")
	wanted, _, _ := strings.Cut(s, "-")
	unit := strings.TrimLeft(wanted, "0123456789")
	v, err := strconv.ParseInt(strings.TrimSuffix(wanted, unit), 10, 64)
	if err != nil || v == 0 {
		return Quality{}
	}
	switch {
	case (unit == "" || unit == "p") && v <= maxHeight:
		q.Height = int(v)
	case unit == "k" && v < 1<<40:
		q.Bandwidth = v * 1000
	case unit == "m" && v < 1<<30:
		q.Bandwidth = v * 1_000_000
	default:
		return Quality{}
	}
	return q
}

// String returns the form that ParseQuality reads; "auto" for the zero Quality.
func (q Quality) String() string {
	less := ""
	if q.AtMost {
		less = "<="
	}
	switch {
	case q.Most:
		return "max"
	case q.Least:
		return "min"
	case q.Sound:
		return "audio"
	case q.Height > 0:
		return less + strconv.Itoa(q.Height) + "p"
	case q.Bandwidth > 0:
		return less + strconv.FormatInt(q.Bandwidth/1000, 10) + "k"
	}
	return "auto"
}

// Select reports which renditions to offer to a player that asks for q; nil means all. At least one variant stays if
// there is any. Audio, subtitles and images stay, and so do I-frame variants no larger than the selected ones.
func Select(m *hls.Multivariant, q Quality) (keep []bool) {
	if q == (Quality{}) {
		return nil
	}
	var pictures, sounds []int
	for i := range m.Renditions {
		if r := &m.Renditions[i]; r.Kind != hls.Variant {
			continue
		} else if Describe(*r).audioOnly() {
			sounds = append(sounds, i)
		} else {
			pictures = append(pictures, i)
		}
	}
	from := pictures
	if q.Sound && len(sounds) > 0 || len(pictures) == 0 {
		from = sounds
	}
	if len(from) == 0 {
		return nil
	}
	chosen := choose(m, q, from)
	return keeping(m, chosen)
}

// choose selects among variants, of which there is at least one.
func choose(m *hls.Multivariant, q Quality, from []int) (chosen []int) {
	switch {
	case q.Most, q.Least:
		return extreme(m, from, q.Most)
	case q.Sound: // if there are audio-only variants, any will do; else the cheapest one with video
		if Describe(m.Renditions[from[0]]).audioOnly() {
			return from
		}
		return extreme(m, from, false)
	}
	of, most := func(i int) int64 { return int64(m.Renditions[i].Height) }, int64(q.Height)
	if q.Bandwidth > 0 {
		of, most = func(i int) int64 { return m.Renditions[i].Bandwidth }, q.Bandwidth
	}
	least, best := int64(-1), int64(-1)
	for _, i := range from {
		v := of(i)
		if least < 0 || v < least {
			least = v
		}
		if v <= most && v > best {
			best = v
		}
	}
	if best < 0 {
		best = least
	}
	for _, i := range from {
		if v := of(i); v == best || q.AtMost && v <= best {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// extreme returns the largest or the smallest variant of each video codec family: a player may support only one.
func extreme(m *hls.Multivariant, from []int, most bool) (chosen []int) {
	better := func(a, b *hls.Rendition) bool {
		if !most {
			a, b = b, a
		}
		if a.Height != b.Height {
			return a.Height > b.Height
		}
		return a.Bandwidth > b.Bandwidth
	}
	best := map[string]int{}
	for _, i := range from {
		family := Describe(m.Renditions[i]).videoFamily()
		if j, ok := best[family]; !ok || better(&m.Renditions[i], &m.Renditions[j]) {
			best[family] = i
		}
	}
	for _, i := range from { // identical variants are its failover
		r := &m.Renditions[i]
		if b := &m.Renditions[best[Describe(*r).videoFamily()]]; r.Height == b.Height && r.Bandwidth == b.Bandwidth {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// keeping keeps the chosen variants and the renditions that belong to them.
func keeping(m *hls.Multivariant, chosen []int) []bool {
	keep := make([]bool, len(m.Renditions))
	height := 0
	for _, i := range chosen {
		keep[i] = true
		height = max(height, m.Renditions[i].Height)
	}
	smallest, fits := 0, false
	for i := range m.Renditions {
		if r := &m.Renditions[i]; r.Kind == hls.IFrame {
			if smallest == 0 || r.Height < smallest {
				smallest = r.Height
			}
			fits = fits || height == 0 || r.Height <= height
		}
	}
	for i := range m.Renditions {
		switch r := &m.Renditions[i]; r.Kind {
		case hls.Variant:
		case hls.IFrame:
			keep[i] = height == 0 || r.Height <= height || !fits && r.Height == smallest
		default:
			keep[i] = true
		}
	}
	return keep
}

// Keep returns Select for the variants for which chosen returns true.
func Keep(m *hls.Multivariant, chosen func(i int) bool) []bool {
	var of []int
	for i := range m.Renditions {
		if m.Renditions[i].Kind == hls.Variant && chosen(i) {
			of = append(of, i)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return keeping(m, of)
}
