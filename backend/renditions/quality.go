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
	// Height is in pixels, Bandwidth in bit/s; at most one of them is set. AtMost selects all variants up to that value. Without
	// AtMost, the variants with exactly that value are selected, else those with the nearest below, else the lowest.
	Height    int
	Bandwidth int64
	AtMost    bool
	// Max and Min select the largest and the smallest variant, AudioOnly those without video.
	Max, Min, AudioOnly bool
}

// ParseQuality reads max, min, audio, a height ("720p", "720") or a bandwidth ("2500k", "6m"), both optionally after "<=", and
// the name of a variant that no longer exists ("720p-2500k": its height). It returns the zero Quality for "auto", "" and
// anything else.
func ParseQuality(s string) (q Quality) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "max", "best":
		return Quality{Max: true}
	case "min", "worst":
		return Quality{Min: true}
	case "audio":
		return Quality{AudioOnly: true}
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
	case q.Max:
		return "max"
	case q.Min:
		return "min"
	case q.AudioOnly:
		return "audio"
	case q.Height > 0:
		return less + strconv.Itoa(q.Height) + "p"
	case q.Bandwidth > 0:
		return less + strconv.FormatInt(q.Bandwidth/1000, 10) + "k"
	}
	return "auto"
}

// Select reports which renditions to offer to a player that requests q; nil means all. It keeps at least one variant if there
// is any, all audio, subtitles and images, and the I-frame variants that are no larger than the selected ones.
func Select(m *hls.Multivariant, q Quality) []bool {
	if q == (Quality{}) {
		return nil
	}
	var video, audio []int
	for i := range m.Renditions {
		if r := &m.Renditions[i]; r.Kind != hls.Variant {
			continue
		} else if Describe(*r).audioOnly() {
			audio = append(audio, i)
		} else {
			video = append(video, i)
		}
	}
	from := video
	if q.AudioOnly && len(audio) > 0 || len(video) == 0 {
		from = audio
	}
	if len(from) == 0 {
		return nil
	}
	return keep(m, choose(m, q, from))
}

// choose returns the variants of from that q selects; from has at least one.
func choose(m *hls.Multivariant, q Quality, from []int) (chosen []int) {
	switch {
	case q.Max, q.Min:
		return extreme(m, from, q.Max)
	case q.AudioOnly: // all audio-only variants, else the smallest one with video
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

// extreme returns the largest or the smallest variant of each video codec family, as a player may support only one family.
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
	for _, i := range from { // with identical variants, its failover
		r := &m.Renditions[i]
		if b := &m.Renditions[best[Describe(*r).videoFamily()]]; r.Height == b.Height && r.Bandwidth == b.Bandwidth {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// keep reports which renditions to keep: the chosen variants and the renditions that belong to them.
func keep(m *hls.Multivariant, chosen []int) []bool {
	kept := make([]bool, len(m.Renditions))
	height := 0
	for _, i := range chosen {
		kept[i] = true
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
			kept[i] = height == 0 || r.Height <= height || !fits && r.Height == smallest
		default:
			kept[i] = true
		}
	}
	return kept
}

// Keep is like Select, but selects the variants for which chosen returns true; nil if there are none.
func Keep(m *hls.Multivariant, chosen func(i int) bool) []bool {
	var variants []int
	for i := range m.Renditions {
		if m.Renditions[i].Kind == hls.Variant && chosen(i) {
			variants = append(variants, i)
		}
	}
	if len(variants) == 0 {
		return nil
	}
	return keep(m, variants)
}
