package hls

import (
	"strings"
	"time"
)

// extInf reads EXTINF. Players find the title behind the first comma, and take text between the number and the comma
// for an address: an unreadable duration and its comma are rewritten.
func (p *mediaParser) extInf(l line, at int) {
	p.begin(l)
	if p.announced { // no address followed the previous one
		p.mark += p.doc.dropLater(p.infLine)
	}
	p.announced = true
	p.infLine = l
	if p.text[at-1] != ':' && !isSpace(p.text[at-1]) {
		p.doc.literal(at, at, ":")
	}
	value := p.text[at:l.end]
	d, n := duration(value)
	if n > 0 && (n == len(value) || value[n] == ',' && !commaDecimal(value, n)) {
		p.seg.Duration = d
		if n < len(value) {
			p.blankAddresses(at+n+1, l.end)
		}
		return
	}
	title := at
	switch {
	case n > 0 && value[n] == ',': // 4,004,title
		p.seg.Duration, n = commaDuration(d, value, n)
		title = at + n
		if title < l.end {
			title++ // the comma
		}
	case n > 0: // 4.0 tvg-id="x",title
		p.seg.Duration = d
		title = at + n
		if i := strings.IndexByte(value[n:], ','); i >= 0 {
			title += i + 1
		}
	default:
		p.fault(tagExtInf, "is not a duration: the segment is taken to last as long as the target duration")
		p.seg.Duration, p.untimed = -1, true
		title = l.end
		if i := strings.IndexByte(value, ','); i >= 0 {
			title = at + i + 1
		}
	}
	p.doc.add(opDuration, at, title, len(p.m.Segments), 0)
	p.blankAddresses(title, l.end)
}

// duration reads decimal seconds and returns the number of bytes read; 0 if there are none.
func duration(s string) (d time.Duration, n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	whole := n
	if n < len(s) && s[n] == '.' {
		for n++; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		}
	}
	if n == 0 || n == 1 && whole == 0 || whole > 9 {
		return 0, 0 // no digits, a lone dot, or more than 30 years
	}
	return seconds(s[:n]), n
}

// commaDecimal reports whether the comma at n is a decimal comma, as printf writes it in many locales: digits and
// another comma follow it, or a usual number of digits (two, three or six) and nothing else. Otherwise it begins a
// title: many streams number their segments there. A number with a point has no decimal comma.
func commaDecimal(s string, n int) bool {
	if strings.IndexByte(s[:n], '.') >= 0 {
		return false
	}
	i := n + 1
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i > n+1 && i < len(s) && s[i] == ',' || i == len(s) && (i == n+3 || i == n+4 || i == n+7)
}

// commaDuration adds the digits behind the comma at n to d, and returns where they end.
func commaDuration(d time.Duration, s string, n int) (time.Duration, int) {
	i := n + 1
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return d + seconds("."+s[n+1:i]), i
}

// dropInf leaves out an EXTINF without an address: a player would take its title for one.
func (p *mediaParser) dropInf() {
	l := p.infLine
	p.doc.dropLater(l)
	if p.start == int32(l.from) && len(p.parts) == p.firstPart {
		p.start = -1
	}
}
