package m3u

import "gridwall/backend/chanlist"

// marks are the words for a quality in a title, with their picture height in lines.
var marks = map[string]int{
	"8K": 4320, "4K": 2160, "UHD": 2160, "FHD": 1080, "HD": 0, "SD": 576,
	"4320P": 4320, "2160P": 2160, "1440P": 1440, "1080P": 1080, "1080I": 1080, "720P": 720, "576P": 576, "576I": 576,
	"540P": 540, "480P": 480, "480I": 480, "360P": 360, "240P": 240,
}

// longestMark is the length of the longest word in marks.
const longestMark = 5

// Quality returns the quality in a title ("1080p", "FHD", "HD", "4K"), or "" if there is none or two contradict each other. A
// height in digits takes precedence over a name, and any other name over "HD", which may be anything from 720 lines up.
func Quality(title string) string {
	best, height, clash, hd := "", -1, false, false
	for i := 0; i < len(title); {
		if !isWordByte(title[i]) {
			i++
			continue
		}
		start := i
		for i < len(title) && isWordByte(title[i]) {
			i++
		}
		word := title[start:i]
		if len(word) > longestMark || len(word) < 2 {
			continue
		}
		var up [longestMark]byte
		for n := range word {
			up[n] = upper(word[n])
		}
		h, ok := marks[string(up[:len(word)])]
		hd = hd || ok && h == 0
		switch {
		case !ok:
		case best == "" || height == 0 && h > 0:
			best, height = write(up[:len(word)]), h
		case h == 0 || h == height && !isDigit(up[0]):
		case h == height:
			best = write(up[:len(word)])
		default:
			clash = true
		}
	}
	if clash || hd && height > 0 && height < 720 {
		return ""
	}
	return best
}

// write returns the usual spelling: "1080p", but "4K" and "FHD".
func write(up []byte) string {
	if last := len(up) - 1; isDigit(up[0]) && up[last] != 'K' {
		up[last] = chanlist.LowerASCII(up[last])
	}
	return string(up)
}

// isWordByte reports whether c belongs to a word. Bytes of other scripts do.
func isWordByte(c byte) bool {
	return isDigit(c) || isLetter(c) || c >= 0x80
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
