package hls

import (
	"strconv"
	"strings"
	"time"
)

// maxNumber keeps the sum of a few numbers within int64.
const maxNumber = 1 << 60

// leadingInt reads the decimal digits at the beginning of s and returns how many there are; 0 if there are none, or the
// number is too large.
func leadingInt(s string) (v int64, n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		digit := int64(s[n] - '0')
		if v > (maxNumber-digit)/10 { // checked first: ten times the limit overflows int64
			return 0, 0
		}
		v = v*10 + digit
		n++
	}
	return v, n
}

// number reads a descriptive attribute; an unreadable one is 0.
func number(s string) int64 {
	v, _ := leadingInt(s)
	return v
}

// float reads a descriptive attribute, such as FRAME-RATE; an unreadable one is 0.
func float(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != v || v < 0 || v > 1e6 {
		return 0
	}
	return v
}

// seconds reads decimal seconds; an unreadable or negative value (EXTINF:-1) is 0.
func seconds(s string) time.Duration {
	whole, n := leadingInt(s)
	if whole > 1e9 {
		whole = 1e9
	}
	d := time.Duration(whole) * time.Second
	if n < len(s) && s[n] == '.' {
		unit := time.Second
		for n++; n < len(s) && s[n] >= '0' && s[n] <= '9' && unit > 1; n++ {
			unit /= 10
			d += unit * time.Duration(s[n]-'0')
		}
	}
	return d
}

// byteRange reads "n", "n@o" or "n@" and returns the number of bytes read, 0 if s is not a range. Without an offset
// Offset is -1.
func byteRange(s string) (r ByteRange, n int) {
	length, n := leadingInt(s)
	if n == 0 {
		return ByteRange{Length: -1}, 0
	}
	r = ByteRange{Length: length, Offset: -1}
	i := n
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if i < len(s) && s[i] == '@' {
		for i++; i < len(s) && isSpace(s[i]); i++ {
		}
		n = i
		if offset, k := leadingInt(s[i:]); k > 0 { // "n@" is a range without an offset
			r.Offset = offset
			n = i + k
		}
	}
	return r, n
}

// isRange reports whether s is a byte range by the RFC's grammar: "n" or "n@o".
func isRange(s string) bool {
	length, offset, cut := strings.Cut(s, "@")
	_, ok1 := digits(length)
	_, ok2 := digits(offset)
	return ok1 && (ok2 || !cut)
}

// String returns the range in the form of EXT-X-BYTERANGE.
func (r ByteRange) String() string {
	s := strconv.FormatInt(r.Length, 10)
	if r.Offset >= 0 {
		s += "@" + strconv.FormatInt(r.Offset, 10)
	}
	return s
}

// wholeRange is the range of a resource without one.
var wholeRange = ByteRange{Length: -1}

// resolution reads "1920x1080".
func resolution(s string) (width, height int) {
	w, h, ok := strings.Cut(s, "x")
	if !ok {
		w, h, _ = strings.Cut(s, "X")
	}
	width, height = int(number(w)), int(number(h))
	if width > maxPixels || height > maxPixels {
		return 0, 0
	}
	return width, height
}

// maxPixels bounds a picture's width and height; a larger RESOLUTION is ignored.
const maxPixels = 1 << 16

func digits(s string) (v int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = v*10 + int(s[i]-'0')
	}
	return v, len(s) > 0
}
