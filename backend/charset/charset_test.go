package charset_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gridwall/backend/charset"
)

func written(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	s, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return s
}

func TestOneDamagedByteDoesNotGarbleAWholePage(t *testing.T) {
	for name, c := range map[string]struct{ text, contentType, want string }{
		"a dash in Windows-1252":             {"Großer Preis \x96 São Paulo, Türkei", "", "Großer Preis – São Paulo, Türkei"},
		"a letter in Latin-1":                {"Großer Preis von S\xe3o Paulo, Türkei", "", "Großer Preis von São Paulo, Türkei"},
		"as many damaged bytes":              {"Großer Preis \xff", "", "Großer Preis ÿ"},
		"declared Latin-1 and UTF-8":         {"Großer Preis, Türkei \xff", "text/html; charset=iso-8859-1", "Großer Preis, Türkei ÿ"},
		"declared UTF-8":                     {"Großer Preis, Türkei \x93x\x94", "text/html; charset=utf-8", "Großer Preis, Türkei “x”"},
		"declared Cyrillic and UTF-8":        {"Гонка и квалификация \xc3", "text/html; charset=windows-1251", "Гонка и квалификация Г"},
		"a letter cut in the middle":         {"Гонка и квалификация \xe2\x80 x", "", "Гонка и квалификация \ufffd x"},
		"an emoji cut in the middle":         {"Großer Preis \xf0\x9f\x8f x", "", "Großer Preis \ufffd x"},
		"a Thai letter cut in the middle":    {"แข่งรถ \xe0\xb9 x", "", "แข่งรถ \ufffd x"},
		"declared Chinese and Cyrillic":      {written(t, charmap.Windows1251, "Гонка, квалификация и спринт Формулы в Сочи"), "text/html; charset=euc-jp", "Гонка, квалификация и спринт Формулы в Сочи"},
		"a byte without a meaning":           {"Гонка и квалификация \x81", "", "Гонка и квалификация \ufffd"},
		"an emoji as Java encodes it":        {"Гонка \xed\xa0\xbc\xed\xbf\x81", "", "Гонка 🏁"},
		"half an emoji as Java encodes it":   {"Гонка и квалификация \xed\xa0\xbc", "", "Гонка и квалификация í\u00a0¼"},
		"Latin-1":                            {"Gro\xdfer Preis von S\xe3o Paulo", "", "Großer Preis von São Paulo"},
		"Latin-1 with one letter in UTF-8":   {"Gro\xdfer Preis von S\xe3o Paulo, T\xfcrkei – \xa9", "", "Großer Preis von São Paulo, Türkei â€“ ©"},
		"declared Cyrillic":                  {written(t, charmap.Windows1251, "Відео: Гонка"), "text/html; charset=windows-1251", "Відео: Гонка"},
		"a malformed media type":             {written(t, charmap.KOI8R, "Гонка"), "text/html; charset=koi8-r; charset=koi8-r", "Гонка"},
		"an unknown charset":                 {"Gro\xdfer Preis", "text/html; charset=none", "Großer Preis"},
		"a page that declares it":            {"<html><head><META http-equiv=Content-Type content=\"text/html; charset=windows-1251\">" + written(t, charmap.Windows1251, "Гонка"), "text/html", `<html><head><META http-equiv=Content-Type content="text/html; charset=windows-1251">Гонка`},
		"XML that declares it":               {`<?xml version="1.0" encoding='KOI8-R'?>` + written(t, charmap.KOI8R, "Гонка"), "text/xml", `<?xml version="1.0" encoding='KOI8-R'?>Гонка`},
		"the type before the page":           {"<meta charset=koi8-r>" + written(t, charmap.Windows1251, "Гонка"), "text/html;charset=cp1251", "<meta charset=koi8-r>Гонка"},
		"Japanese by escapes":                {written(t, japanese.ISO2022JP, "レース"), "text/html; charset=iso-2022-jp", "レース"},
		"Japanese":                           {written(t, japanese.ShiftJIS, "決勝レース"), "text/html; charset=shift_jis", "決勝レース"},
		"Chinese":                            {written(t, simplifiedchinese.GBK, "全球联通赛车"), "text/html; charset=gb2312", "全球联通赛车"},
		"Korean":                             {written(t, korean.EUCKR, "경주 생중계"), "text/html; charset=euc-kr", "경주 생중계"},
		"declared Chinese and Latin-1":       {"Gro\xdfer Preis von S\xe3o Paulo \xff\xff", "text/html; charset=gbk", "Großer Preis von São Paulo ÿÿ"},
		"nothing":                            {"", "", ""},
		"ASCII that declares something else": {"World", "text/html; charset=shift_jis", "World"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, string(charset.Page([]byte(c.text), c.contentType)))
		})
	}
}

func TestAQuotedCharsetIsUnderstood(t *testing.T) {
	assert.Equal(t, charmap.Windows1251, charset.OfType(`text/html; charset="windows-1251"`))
	assert.Equal(t, charmap.Windows1251, charset.OfType(`charset='cp1251'`))
	assert.Nil(t, charset.OfType("text/html; charset=utf-8"))
	assert.Nil(t, charset.OfType("text/html"))
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("Gro\xc3\x9fer Preis \x96 \xed\xa0\xbc\xed\xbf\x81\xe2\x80"), "")
	f.Add([]byte("<meta charset=gbk>\xc8\xab\xc7"), "text/html")
	f.Add([]byte("\x1b$B%l!<%9\x1b(B\xff"), "text/html; charset=iso-2022-jp")
	f.Add([]byte("\xed\xa0\xbc\xed"), "a/b;charset=koi8-r;charset=x")
	f.Fuzz(func(t *testing.T, text []byte, contentType string) {
		plain := charset.Page(text, contentType)
		require.True(t, utf8.Valid(plain))
		require.LessOrEqual(t, len(plain), 4*len(text))
		letters, strays := charset.Count(text)
		require.Equal(t, utf8.Valid(text), strays == 0 && string(charset.Patch(text, nil)) == string(text), "%d letters", letters)
	})
}
