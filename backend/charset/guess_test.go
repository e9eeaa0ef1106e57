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
	"golang.org/x/text/encoding/traditionalchinese"

	"gridwall/backend/charset"
)

const (
	russian   = "Матч ТВ\nПервый канал\nРоссия 1\nФормула 1: Гонка, «Гран-при Монако» – прямой эфир\nЕвроспорт\n"
	capitals  = "МАТЧ ТВ\nПЕРВЫЙ КАНАЛ\nРОССИЯ 24\nЕВРОСПОРТ\nАВТО ПЛЮС\nГОНКИ И СПОРТ\n"
	ukrainian = "Перший канал\nСуспільне Спорт\nЄвроспорт, пряма трансляція\nЇжа та гонки\n"
	greek     = "Σπορ και αγώνες\nΗ τηλεόραση της Ελλάδας\nΦόρμουλα 1, ο αγώνας του Μονακό\n"
	hebrew    = "ערוץ הספורט\nפורמולה אחת, המרוץ במונקו\nשידור חי של התחרות\n"
	arabic    = "قناة الرياضة\nسباق موناكو للسيارات\nالبث المباشر من الحلبة\n"
	polish    = "Wyścig Formuły 1\nTelewizja Polska, kanał główny\nŻużel na żywo – półfinał\n"
	czech     = "Závod motocyklů živě\nČeská televize, přímý přenos\nŘíčany a Ústí\n"
	turkish   = "Türkiye yarışı\nSpor kanalı canlı yayın\nMotor sporları, İstanbul\nağır çekim\n"
	hungarian = "Élő közvetítés, időmérő edzés\nMagyar nagydíj, hűtő\nGyőr és Pécs\n"
	romanian  = "Cursă în direct, Braşov şi Constanţa\nTeleviziunea română, ştiri\n"
	japanese1 = "決勝レース ライブ\nスポーツチャンネル\nモナコグランプリ、予選\n"
	chinese   = "中央电视台体育频道\n摩纳哥大奖赛 直播\n一级方程式赛车世界锦标赛\n"
	taiwanese = "體育台直播\n摩納哥大獎賽\n一級方程式賽車世界錦標賽\n"
	koreanTV  = "스포츠 채널 생중계\n모나코 그랑프리 결승\n"
)

func TestAListInAnOlderEncodingKeepsItsTitles(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		e    encoding.Encoding
	}{
		"Russian": {russian, charmap.Windows1251}, "Russian in capitals": {capitals, charmap.Windows1251}, "Ukrainian": {ukrainian, charmap.Windows1251},
		"Russian, KOI8": {russian[:len("Матч ТВ\nПервый канал\nРоссия 1\n")], charmap.KOI8R}, "Russian, DOS": {russian[:len("Матч ТВ\nПервый канал\nРоссия 1\n")], charmap.CodePage866},
		"Russian, ISO": {russian[:len("Матч ТВ\nПервый канал\nРоссия 1\n")], charmap.ISO8859_5},
		"Greek":        {greek, charmap.Windows1253}, "Greek, ISO": {greek, charmap.ISO8859_7}, "Hebrew": {hebrew, charmap.Windows1255}, "Arabic": {arabic, charmap.Windows1256},
		"Polish": {polish, charmap.Windows1250}, "Polish, ISO": {polish[:len("Wyścig Formuły 1\nTelewizja Polska, kanał główny\nŻużel na żywo ")], charmap.ISO8859_2},
		"Czech": {czech, charmap.Windows1250}, "Turkish": {turkish, charmap.Windows1254}, "Hungarian": {hungarian, charmap.Windows1250}, "Romanian": {romanian, charmap.Windows1250},
		"Japanese": {japanese1, japanese.ShiftJIS}, "Japanese, EUC": {japanese1, japanese.EUCJP}, "Chinese": {chinese, simplifiedchinese.GBK}, "Taiwan": {taiwanese, traditionalchinese.Big5},
		"Korean": {koreanTV, korean.EUCKR},
		"German": {"Großer Preis von Österreich, Übertragung ‚live‘ – für alle\n", charmap.Windows1252}, "French": {"Été à Spa : « l’épreuve » du dimanche, ça marche où ?\n", charmap.Windows1252},
		"Spanish": {"¿Dónde está la señal? Año 2030, clasificación en español\n", charmap.Windows1252}, "Portuguese": {"São Paulo, transmissão ao vivo, classificações e notícias\n", charmap.Windows1252},
		"Icelandic": {"Beint frá Íslandi, það er þáttur á rúv, ökumaður\n", charmap.Windows1252}, "Danish": {"Formel 1 på dansk, løbet fra Østrig, sæson\n", charmap.Windows1252},
		"several languages": {"Großer Preis\nSão Paulo\nLøbet på dansk\nÞáttur\nEspaña\n", charmap.Windows1252},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.text, string(charset.Text([]byte(written(t, c.e, c.text)), nil)))
			assert.Equal(t, "#EXTM3U\n#EXTINF:-1 tvg-id=\"a\" group-title=\"Sport\","+c.text, string(charset.Text([]byte("#EXTM3U\n#EXTINF:-1 tvg-id=\"a\" group-title=\"Sport\","+written(t, c.e, c.text)), nil)))
		})
	}
}

// If the encoding is uncertain, the text is read as Windows-1252, as browsers do.
func TestAFewLettersDoNotDecideTheLanguage(t *testing.T) {
	for _, text := range []string{"Caf\xe9", "Gro\xdfer Preis", "\xe9\xe8\xe0", "100 \xb0C", "\xff\xfe\xfd\xfc", "x\x80\x81\x82", "\xc9t\xe9", "\x93quoted\x94",
		"\xbb\xbb\xbb\xbb\xbb SPORT \xab\xab\xab\xab\xab", "\x95\x95\x95\x95\x95\x95\x95\x95 VIP", "\xb0\xb7\xb0\xb7\xb0\xb7\xb0\xb7\xb0 News \xb0\xb7\xb0\xb7\xb0", "\xae\xae\xae\xae\xa9\xa9\xa9\xa9"} {
		assert.Nil(t, charset.Guess([]byte(text)), "%q", text)
	}
}

func FuzzGuess(f *testing.F) {
	for _, text := range []string{russian, greek, polish, japanese1} {
		for _, e := range []encoding.Encoding{charmap.Windows1251, charmap.Windows1253, charmap.Windows1250, japanese.ShiftJIS} {
			if s, err := e.NewEncoder().String(text); err == nil {
				f.Add([]byte(s))
			}
		}
	}
	f.Add([]byte("\xff\xfe\x80\xa0"))
	f.Fuzz(func(t *testing.T, text []byte) {
		require.True(t, utf8.Valid(charset.Text(text, charset.Guess(text))))
		require.True(t, utf8.Valid(charset.Text(text, nil)))
	})
}
