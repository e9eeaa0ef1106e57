package charset

import (
	"bytes"
	"iter"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const (
	// maxSample bounds the text for a guess, in bytes; more does not improve it.
	maxSample = 64 << 10
	// fit is the minimum score of a text in its language, in bits per letter: real texts have -4.5, others -6.
	fit = -5.3
	// evidence is the minimum difference in score between the best encoding and the next one, in bits; for a rare encoding it is
	// rareEvidence.
	evidence, rareEvidence = 6.0, 16.0
	// unlikely is the score of a letter that does not occur in the language.
	unlikely = -12.0
	// minCovered is the minimum number of non-ASCII letters that a Latin language must explain to count, covered the minimum
	// fraction of them.
	minCovered, covered = 4, 0.97
)

// script is a language or a family of languages, with the frequencies of its letters, and its encodings, the usual one first.
type script struct {
	letters   map[rune]float64 // the logarithms of the frequencies, in bits
	encodings []*charmap.Charmap
}

var scripts = []script{
	{bits("о110 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 і9 ш7 ю6 ц5 щ4 э3 ф3 ї3 є3 ъ2 ё2 ґ1 ў1 ј1 љ1 њ1 ћ1 ђ1 џ1"),
		[]*charmap.Charmap{charmap.Windows1251, charmap.KOI8R, charmap.KOI8U, charmap.CodePage866, charmap.ISO8859_5}},
	{bits("α110 ο90 ι70 ε70 τ78 σ48 ν65 η45 υ42 ρ42 π40 κ40 μ33 λ30 ς43 ά20 έ20 ή19 ί30 ό22 ύ12 ώ12 ω18 γ18 δ17 θ12 χ11 β8 φ8 ξ5 ζ4 ψ2 ϊ1"),
		[]*charmap.Charmap{charmap.Windows1253, charmap.ISO8859_7}},
	{bits("י110 ו103 ה100 ל74 א63 ר58 ת55 ב48 מ48 ש45 נ30 ם28 ע30 כ24 ד25 ח23 פ20 ק21 צ13 ג13 ס15 ז10 ט12 ן12 ך8 ף3 ץ3"),
		[]*charmap.Charmap{charmap.Windows1255}},
	{bits("ا130 ل115 ي70 م65 ن60 و60 ر50 ت48 ه38 ب42 ع34 د30 ف30 س30 ق25 ك23 ة30 ح22 ج15 ش13 ى10 خ10 ص12 أ20 ط10 ض8 ز7 ث7 ذ8 غ5 ئ4 ظ2 ؤ2 ء7 إ10 آ3"),
		[]*charmap.Charmap{charmap.Windows1256}},
}

// bits parses "а80 б16", letters with their frequencies per thousand, and returns the logarithms in bits.
func bits(table string) map[rune]float64 {
	out := map[rune]float64{}
	for entry := range strings.FieldsSeq(table) {
		r := []rune(entry)
		n := 0.0
		for _, d := range r[1:] {
			n = 10*n + float64(d-'0')
		}
		out[r[0]] = math.Log2(n / 1000)
	}
	return out
}

// western has the non-ASCII letters of each language written in Windows-1252.
var western = []string{"äöüß", "áéíóúñüçàèïªº", "áâãàçéêíóôõúü", "àâçèéêëîïôùûüœæÿ", "àèéìíòóùúî", "åäöæøéüáà", "áæéíðóöþúý", "ëïéèüóáê"}

// other has those of languages written in other encodings.
var other = []struct {
	letters  string
	encoding *charmap.Charmap
}{
	{"çğıöşüiâîû", charmap.Windows1254},
	{"ąćęłńóśźż", charmap.Windows1250}, {"ąćęłńóśźż", charmap.ISO8859_2},
	{"áčďéěíňóřšťúůýž", charmap.Windows1250}, {"áčďéěíňóřšťúůýž", charmap.ISO8859_2},
	{"áäčďéíľĺňóôŕšťúýž", charmap.Windows1250}, {"áäčďéíľĺňóôŕšťúýž", charmap.ISO8859_2},
	{"áéíóöőúüű", charmap.Windows1250}, {"ăâîşţ", charmap.Windows1250}, {"čćđšž", charmap.Windows1250}, {"čćđšž", charmap.ISO8859_2},
	{"ąčęėįšųūž", charmap.Windows1257}, {"āčēģīķļņšūž", charmap.Windows1257},
}

// Guess returns the encoding of a text that is not UTF-8, by its letters; nil if it is Windows-1252 or uncertain.
func Guess(text []byte) encoding.Encoding {
	text = undecorated(text[:min(len(text), maxSample)])
	if foreignScript(text) {
		if e := guessScript(text); e != nil {
			return e
		}
		return guessIdeographs(text)
	}
	return guessLatin(text)
}

// maxOrnament bounds the different characters of an ornament.
const maxOrnament = 3

// undecorated returns text without ornaments, words that repeat a few Windows-1252 characters: "»»»» SPORT ««««". Pairs of these
// would be Korean letters.
func undecorated(text []byte) []byte {
	out := bytes.Clone(text)
	for from, word := range words(text) {
		var signs [maxOrnament]byte
		n := 0
		for _, c := range word {
			known := bytes.IndexByte(signs[:min(n, maxOrnament)], c) >= 0
			if r := charmap.Windows1252.DecodeByte(c); unicode.IsLetter(r) && r != 'ª' && r != 'º' {
				n = maxOrnament + 1
			}
			if known || n > maxOrnament {
				continue
			}
			if n < maxOrnament {
				signs[n] = c
			}
			n++
		}
		if n <= maxOrnament && len(word) >= 3 {
			copy(out[from:], bytes.Repeat([]byte{' '}, len(word)))
		}
	}
	return out
}

// words yields each run of ASCII or non-ASCII letters, with its position.
func words(text []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for from := 0; from < len(text); {
			n := from
			for n < len(text) && (text[n] >= 0x80 || text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z') {
				n++
			}
			if n > from && !yield(from, text[from:n]) {
				return
			}
			from = n + 1
		}
	}
}

// foreignScript reports whether most words with non-ASCII letters have hardly any ASCII letters.
func foreignScript(text []byte) bool {
	inside, all := 0, 0
	for _, word := range words(text) {
		high := 0
		for _, c := range word {
			if c >= 0x80 {
				high++
			}
		}
		all += high
		if len(word) >= 3 && high*10 >= 7*len(word) {
			inside += high
		}
	}
	return all > 0 && inside*10 >= 6*all
}

// guessScript returns the encoding of a text in Cyrillic, Greek, Hebrew or Arabic; nil if it is uncertain.
func guessScript(text []byte) encoding.Encoding {
	var best *charmap.Charmap
	top, next, mean, rare := math.Inf(-1), math.Inf(-1), 0.0, false
	for _, s := range scripts {
		for i, e := range s.encodings {
			total, letters := s.score(text, e)
			switch {
			case total > top:
				if !same(best, e, text) {
					next = top
				}
				best, top, mean, rare = e, total, total/float64(max(letters, 1)), i > 0
			case total > next && !same(best, e, text):
				next = total
			}
		}
	}
	need := evidence
	if rare {
		need = rareEvidence
	}
	if mean < fit || top-next < need {
		return nil
	}
	return best
}

// same reports whether text means the same in both encodings.
func same(a, b *charmap.Charmap, text []byte) bool {
	if a == nil {
		return false
	}
	for _, c := range text {
		if c >= 0x80 && a.DecodeByte(c) != b.DecodeByte(c) {
			return false
		}
	}
	return true
}

// marks are characters that any text may have besides its letters.
const marks = "«»“”„‘’‚–—…•·°№§©®™\u00a0€"

// score returns how well the non-ASCII letters of a text, decoded from e, fit the language, in bits, and how many there are.
func (s script) score(text []byte, e *charmap.Charmap) (total float64, letters int) {
	small := false // whether the previous letter is lower case
	for _, c := range text {
		if c < 0x80 {
			small = false
			continue
		}
		r := e.DecodeByte(c)
		if strings.ContainsRune(marks, r) {
			small = false
			total += unlikely / 3
			continue
		}
		low := unicode.ToLower(r)
		bits, ok := s.letters[low]
		if !ok {
			bits = unlikely
		}
		if small && low != r {
			bits += unlikely / 2 // a capital in a word
		}
		small = low == r
		total += bits
		letters++
	}
	return total, letters
}

// guessIdeographs returns the encoding of a text in Chinese, Japanese or Korean, in which a letter has two bytes; nil if it is
// uncertain.
func guessIdeographs(text []byte) encoding.Encoding {
	const share = 0.9
	for _, c := range []struct {
		e  encoding.Encoding
		is func(r rune) bool
	}{
		{korean.EUCKR, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }},
		{japanese.ShiftJIS, isJapanese}, {japanese.EUCJP, isJapanese},
	} {
		if n, all := count(text, c.e, c.is); all >= minCovered && float64(n) >= share*float64(all) {
			if _, kana := count(text, c.e, nil); c.e == korean.EUCKR || kana*4 >= all {
				return c.e
			}
		}
	}
	simple, traditional := frequent(text, 0xb0, 0xd7), frequent(text, 0xa4, 0xc6)
	switch {
	case simple >= share && fits(text, simplifiedchinese.GB18030):
		return simplifiedchinese.GB18030
	case traditional >= share && fits(text, traditionalchinese.Big5):
		return traditionalchinese.Big5
	}
	return nil
}

func isJapanese(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) && r < 0xff61 || r >= 0x3000 && r < 0x3040 || r == 'ー' || r >= 0xff01 && r < 0xff61
}

// count returns how many non-ASCII letters a decoded text has (all), and for how many of them is returns true (n). If is is nil, all
// counts kana only. It returns zeros for text that is invalid in the encoding.
func count(text []byte, e encoding.Encoding, is func(rune) bool) (n, all int) {
	plain, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return 0, 0
	}
	for _, r := range string(plain) {
		switch {
		case r < 0x80:
		case r == unicode.ReplacementChar:
			return 0, 0
		case is == nil && !unicode.In(r, unicode.Hiragana, unicode.Katakana):
		default:
			all++
			if is != nil && is(r) {
				n++
			}
		}
	}
	return n, all
}

// fits reports whether a text is valid in the encoding, and has enough letters.
func fits(text []byte, e encoding.Encoding) bool {
	_, all := count(text, e, func(rune) bool { return false })
	return all >= minCovered
}

// frequent returns the fraction of two-byte letters whose first byte is between from and to, the range of frequent letters.
func frequent(text []byte, from, to byte) float64 {
	n, all := 0, 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] < 0x80 {
			continue
		}
		all++
		if text[i] >= from && text[i] <= to {
			n++
		}
		i++
	}
	return float64(n) / float64(max(all, 1))
}

// guessLatin returns the encoding of a language with the non-ASCII letters of the text; nil if a language of Windows-1252 has them.
func guessLatin(text []byte) encoding.Encoding {
	for _, letters := range western {
		if explains(text, letters, charmap.Windows1252) {
			return nil
		}
	}
	for _, o := range other {
		if explains(text, o.letters, o.encoding) {
			return o.encoding
		}
	}
	return nil
}

// explains reports whether the non-ASCII letters of a text, decoded from e, are those of a language.
func explains(text []byte, letters string, e *charmap.Charmap) bool {
	n, all := 0, 0
	for _, c := range text {
		if c < 0x80 {
			continue
		}
		r := e.DecodeByte(c)
		if strings.ContainsRune(marks, r) {
			continue
		}
		all++
		if strings.ContainsRune(letters, unicode.ToLower(r)) {
			n++
		}
	}
	return n >= minCovered && float64(n) >= covered*float64(all)
}
