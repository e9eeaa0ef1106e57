package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packetsOf returns n transport packets of a size, each with what stands before its sync byte.
func packetsOf(n, size, before int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b []byte
	for i := range n {
		p := make([]byte, size)
		for j := range p {
			p[j] = byte(r.Uint32())
		}
		p[before], p[before+1], p[before+2], p[before+3] = syncByte, 0x41, 0, 0x10|byte(i&15)
		b = append(b, p...)
	}
	return b
}

func box(name string, body ...string) string {
	all := strings.Join(body, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))) + name + all
}

// random returns bytes as of an encrypted segment.
func random(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

var (
	ts = string(packetsOf(7, 188, 0))
	// adts are two frames of 24 bytes of AAC-LC, 48 kHz, stereo.
	adts = strings.Repeat("\xff\xf1\x4c\x80\x03\x1f\xfc"+strings.Repeat("\x21", 17), 2)
	// mp3 are two frames of MPEG-1 layer III, 32 kbit/s, 48 kHz: 96 bytes each.
	mp3  = strings.Repeat("\xff\xfb\x14\xc4"+strings.Repeat("\x00", 92), 2)
	id3  = "ID3\x04\x00\x00\x00\x00\x00\x3fPRIV\x00\x00\x00\x35\x00\x00com.apple.streaming.transportStreamTimestamp\x00\x00\x00\x00\x00\x00\x0d\xbb\xa0"
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0dIDATx\x9cc\xf8\x0f\x00\x00\x01\x01\x00\x05\x18\xd8N\x00\x00\x00\x00IEND\xaeB`\x82"
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
	gif  = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
	bmp  = "BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18\x00" + strings.Repeat("\x00", 28)
	webp = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
)

var looks = map[string]struct {
	body string
	want Kind
}{
	"nothing":                         {"", Empty},
	"blank lines":                     {" \r\n\n\t", Empty},
	"a byte order mark":               {"\xef\xbb\xbf\n", Empty},
	"playlist":                        {"#EXTM3U\n#EXT-X-VERSION:3\n", Playlist},
	"playlist with a mark":            {"\xef\xbb\xbf#EXTM3U\r\n", Playlist},
	"playlist behind blanks":          {" \n\r\n\t#EXTM3U\n", Playlist},
	"playlist behind comments":        {"# made by x\n\n## on edge 7 #EXTM3U\r\n#EXTM3U\n", Playlist},
	"playlist without its first line": {"#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n", BarePlaylist},
	"the rest of a playlist":          {"\n#EXTINF:4,\na.ts\n", BarePlaylist},
	"a comment":                       {"# nothing here\n", Text},
	"MPEG-TS":                         {ts, TS},
	"MPEG-TS with time codes":         {string(packetsOf(5, 192, 4)), TS},
	"MPEG-TS with parity":             {string(packetsOf(5, 204, 0)), TS},
	"one packet":                      {ts[:188], TS},
	"init section":                    {box("ftyp", "iso5\x00\x00\x00\x01") + box("moov"), MP4},
	"fragment":                        {box("styp", "msdh\x00\x00\x00\x00") + box("moof"), MP4},
	"fragment without a type":         {box("moof", "\x00"), MP4},
	"fragment with an event first":    {box("emsg", "\x01\x00\x00\x00"), MP4},
	"fragment with an index first":    {box("sidx", "\x00"), MP4},
	"fragment with a clock first":     {box("prft", "\x00"), MP4},
	"a picture of boxes":              {box("ftyp", "avif\x00\x00\x00\x00"), AVIF},
	"AAC":                             {adts, ADTS},
	"AAC behind a tag":                {id3 + adts, ADTS},
	"MP3":                             {mp3, MP3},
	"MP3 behind a tag":                {id3 + mp3, MP3},
	"AC-3 behind a tag":               {id3 + "\x0b\x77\x00\x00\x14\x40\x43\xe1", AC3},
	"E-AC-3":                          {"\x0b\x77\x01\xff\x34\x86\xff\xe1", EAC3},
	"FLAC":                            {"fLaC\x00\x00\x00\x22", FLAC},
	"a tag alone":                     {id3, ID3},
	"a tag with a picture in it":      {"ID3\x04\x00\x00\x00\x02\x00\x00" + random(1, 6000), ID3},
	"FLV":                             {"FLV\x01\x05\x00\x00\x00\x09", FLV},
	"WebM":                            {"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01", Matroska},
	"gzip":                            {"\x1f\x8b\x08\x00\x00\x00\x00\x00", Gzip},
	"PNG":                             {png, PNG},
	"JPEG":                            {jpeg, JPEG},
	"GIF":                             {gif, GIF},
	"BMP":                             {bmp, BMP},
	"WebP":                            {webp, WebP},
	"WebVTT":                          {"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", WebVTT},
	"WebVTT of nobody who speaks":     {"WEBVTT", WebVTT},
	"WebVTT with a mark and a map":    {"\xef\xbb\xbfWEBVTT\r\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\r\n", WebVTT},
	"cues without a header":           {"00:00:01.000 --> 00:00:02.000\nHello\n", WebVTT},
	"SubRip":                          {"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n", SRT},
	"TTML":                            {`<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"/>`, TTML},
	"TTML with a prefix":              {`<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"></tt:tt>`, TTML},
	"DASH":                            {"<?xml version=\"1.0\"?>\n<!-- x -->\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\">", DASH},
	"Smooth Streaming":                {`<SmoothStreamingMedia MajorVersion="2">`, Smooth},
	"page":                            {"\xef\xbb\xbf \n<!DOCTYPE html><title>Sorry</title>", HTML},
	"page in capitals":                {"<HTML><BODY>Forbidden", HTML},
	"page behind a comment":           {"<!-- edge 7 --><html>", HTML},
	"page of XHTML":                   {`<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>`, HTML},
	"piece of a page":                 {"<br />\n<b>Warning</b>: session expired in /www/t.php", HTML},
	"page in Latin-1":                 {"<p>Acc\xe8s refus\xe9</p>", HTML},
	"XML":                             {`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, XML},
	"XML without a declaration":       {`<Error><Code>ExpiredToken</Code></Error>`, XML},
	"JSON":                            {`{"error":"token expired"}`, JSON},
	"JSON list":                       {"[ ]", JSON},
	"JSON with a mark":                {"\xef\xbb\xbf{\n  \"status\": 403 }", JSON},
	"sentence":                        {"Forbidden", Text},
	"sentence of another language":    {"令牌已过期", Text},
	"sentence in Latin-1":             {"Acc\xe8s refus\xe9 : jeton p\xe9rim\xe9 (code 17)", Text},
	"sentence that begins with the sync byte": {"Gone", Text},
	"another":                             {"Geo-blocked in your country", Text},
	"sentence in UTF-16":                  {"\xff\xfeF\x00o\x00r\x00", Text},
	"word":                                {"expired\n", Text},
	"a word of no meaning":                {"INIT", Unknown},
	"a long one":                          {strings.Repeat("b", 1000), Unknown},
	"long text":                           {strings.Repeat("nothing to see ", 400), LongText},
	"encrypted":                           {random(3, 4000), Unknown},
	"encrypted, sixteen bytes":            {random(9, 16), Unknown},
	"encrypted, begins like a page":       {"<" + random(4, 400), Unknown},
	"encrypted, begins like a playlist":   {"#" + random(5, 4000), Unknown},
	"encrypted, begins like JSON":         {"{\"" + random(6, 400), Unknown},
	"a byte of sync and what is not text": {"G\x00\x01\x02" + random(6, 400), Unknown},
}

func TestMediaIsAcceptedAndErrorPagesAreNot(t *testing.T) {
	for name, tc := range looks {
		k, sure := Look([]byte(tc.body), true)
		assert.True(t, sure, name)
		assert.Equal(t, tc.want, k, "%s: %v", name, k)
	}
}

func TestTheResultDoesNotDependOnHowTheBytesAreSplit(t *testing.T) {
	for name, tc := range looks {
		checkCuts(t, name, []byte(tc.body))
	}
}

func checkCuts(t *testing.T, name string, body []byte) {
	t.Helper()
	want, _ := Look(body, true)
	step := 1 + len(body)/100
	for n := 0; n <= len(body); n += step {
		if k, sure := Look(body[:n], false); sure {
			require.Equal(t, want, k, "%s, cut at %d of %d: %v", name, n, len(body), k)
		}
	}
	if k, sure := Look(append(body[:len(body):len(body)], make([]byte, HeadLen)...), false); assert.True(t, sure) && len(body) >= HeadLen {
		require.Equal(t, want, k, "%s, with more behind it", name)
	}
}

func TestEncryptedSegmentsAreNeverRefused(t *testing.T) {
	for seed := range uint64(20_000) {
		body := []byte(random(seed, 64+int(seed%200)))
		body[0] = byte(seed) // each first byte, those of pages and playlists too
		k, _ := Look(body, true)
		require.True(t, WantSegment.Fits(k), "%v: %q", k, body)
	}
}

func TestContentMustFitTheRequest(t *testing.T) {
	for k := range kinds {
		words := k == HTML || k == XML || k == JSON || k == Text || k == DASH || k == Smooth
		assert.Equal(t, !words, WantSegment.Fits(k), k)
		assert.Equal(t, !words, WantSubtitles.Fits(k), k)
		assert.Equal(t, k != HTML, WantData.Fits(k), k)
		assert.NotEmpty(t, k.String())
		assert.Equal(t, k == Unknown || k >= TS && k <= FLAC || k >= WebVTT && k <= AVIF, k.Carried(), k)
	}
	assert.Equal(t, Unknown.String(), Kind(-1).String())
	assert.Empty(t, Kind(999).MIME())
}

func TestMessagesInPlaceOfMediaAreRecognised(t *testing.T) {
	for _, said := range []string{
		"Forbidden", "403", "403 Forbidden\n", "404 page not found", "Not Found", "NotFound", "AccessDenied", "Access Denied", "token_expired", "tokenExpired",
		"TOKEN EXPIRED", "INVALID_SIGNATURE: invalid", "Gone", "Gateway Timeout", "Geoblocked", "Go away", "error code: 1020", "ok", "OK\n", "null", "0", "-1",
		"callback({\"code\":403})", "status=403", "Unauthorised", "Please log in", "session closed", "Stream offline", "無効なトークン", "Доступ запрещён",
		"Zugriff verweigert", "acc\u00e8s refus\u00e9", "; <<>> no", "\ufeffForbidden", "\n\nexpired\n\n",
	} {
		k, _ := Look([]byte(said), true)
		assert.False(t, WantSegment.Fits(k), "%q: %v", said, k)
		assert.False(t, WantSubtitles.Fits(k), "%q: %v", said, k)
		_, kind := Key([]byte(said), 32)
		assert.True(t, kind.Words(), "%q: %v", said, kind)
	}
}

func TestVideoBehindAPictureIsFound(t *testing.T) {
	for name, head := range map[string]string{"PNG": png, "JPEG": jpeg, "GIF": gif, "BMP": bmp, "WebP": webp, "a signature alone": png[:8], "with rubbish": png + random(2, 5000)} {
		for _, size := range packets {
			body := append([]byte(head), packetsOf(12, size.size, size.before)...)
			n, found, sure := BehindPicture(body, true)
			assert.True(t, found && sure, name)
			assert.Equal(t, len(head), n, "%s, packets of %d bytes", name, size.size)
			for cut := 0; cut < len(body); cut += 7 {
				if n, found, sure := BehindPicture(body[:cut], false); sure {
					require.True(t, found, "%s cut at %d", name, cut)
					require.Equal(t, len(head), n)
				}
			}
		}
		one := append([]byte(head), packetsOf(2, 188, 0)...)
		n, found, _ := BehindPicture(one, true)
		assert.True(t, found && n == len(head), "%s and two packets", name)
	}
	for name, body := range map[string]string{"a picture": png, "a large one": png + random(4, MaxPicture+4000), "no picture": ts, "nothing": ""} {
		_, found, sure := BehindPicture([]byte(body), true)
		assert.False(t, found, name)
		assert.True(t, sure, name)
	}
	_, found, sure := BehindPicture(append([]byte(png), random(4, MaxPicture+4000)...), false)
	assert.True(t, sure && !found, "it is not looked for without end")
}

func TestFragmentsBehindAPictureAreFound(t *testing.T) {
	box := func(name, body string) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(name+body)+4))) + name + body
	}
	media := box("moof", random(1, 200)) + box("mdat", random(2, 3000))
	for name, body := range map[string]string{
		"an init section": box("ftyp", "iso5\x00\x00\x00\x00iso5dash") + box("moov", random(3, 400)),
		"a fragment":      media, "a segment": box("styp", "msdh\x00\x00\x00\x00msdhmsix") + box("sidx", random(4, 40)) + media,
		"with a message": box("emsg", random(5, 60)) + media, "with a time": box("prft", random(6, 24)) + media,
		"with packets in it": box("moof", random(7, 60)) + box("mdat", ts),
	} {
		for _, head := range []string{png, jpeg, gif, bmp, webp, png + random(2, 5000)} {
			all := []byte(head + body)
			n, found, sure := BehindPicture(all, true)
			assert.True(t, found && sure, name)
			assert.Equal(t, len(head), n, name)
			for cut := 0; cut < len(all); cut += 7 {
				if n, found, sure := BehindPicture(all[:cut], false); sure {
					require.True(t, found, "%s cut at %d", name, cut)
					require.Equal(t, len(head), n)
				}
			}
		}
	}
	for name, body := range map[string]string{"half a fragment": png + media[:100], "letters": png + "\x00\x00\x00\x10ftypisom" + random(3, 300)} {
		_, found, sure := BehindPicture([]byte(body), true)
		assert.True(t, sure && !found, name)
	}
}

func TestKeysAreRecognisedByTheirLength(t *testing.T) {
	raw := []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0a")
	long := append(append([]byte{}, raw...), raw...)
	for name, tc := range map[string]struct {
		body string
		n    int
		key  []byte
		kind Kind
	}{
		"key":                      {string(raw), 16, raw, Unknown},
		"of letters":               {"0123456789abcdef", 16, []byte("0123456789abcdef"), Unknown},
		"with a line end":          {string(raw) + "\n", 16, raw, Unknown},
		"with another line end":    {string(raw) + "\r\n", 16, raw, Unknown},
		"that ends like a line":    {string(raw[:15]) + "\r\n", 16, []byte(string(raw[:15]) + "\r"), Unknown},
		"that looks like a page":   {"<html>0123456789", 16, []byte("<html>0123456789"), Unknown},
		"in hexadecimal":           {"000102030405060708090A0b0c0d0e0a\n", 16, raw, Unknown},
		"in base64":                {"AAECAwQFBgcICQoLDA0OCg==", 16, raw, Unknown},
		"AES-256":                  {string(long), 32, long, Unknown},
		"AES-256 with a line end":  {string(long) + "\n", 32, long, Unknown},
		"of its own format":        {"{\"license\":1}", 0, []byte("{\"license\":1}"), Unknown},
		"page for its own format":  {"<!doctype html>", 0, nil, HTML},
		"of another length":        {string(raw[:9]), 16, raw[:9], Unknown},
		"nothing":                  {"", 16, nil, Empty},
		"sentence":                 {"token expired", 16, nil, Text},
		"sentence of 16 letters":   {"Token is expired", 16, nil, Text},
		"word of 16 letters":       {"TokenHasExpired!", 16, nil, Text},
		"word of the other 16":     {"my-secret-token1", 16, []byte("my-secret-token1"), Unknown},
		"sentence of 17 letters":   {"token expired now\n", 16, nil, Text},
		"JSON":                     {`{"error":"expired"}`, 16, nil, JSON},
		"page":                     {"<html>Forbidden</html>", 16, nil, HTML},
		"long text":                {strings.Repeat("no key ", 1000), 16, nil, Text},
		"playlist":                 {"#EXTM3U\n#EXTINF:1,\n", 16, nil, Playlist},
		"half a key of AES-256":    {string(raw), 32, raw, Unknown},
		"sentence where 32 belong": {"Forbidden", 32, nil, Text},
	} {
		key, kind := Key([]byte(tc.body), tc.n)
		assert.Equal(t, tc.key, key, name)
		assert.Equal(t, tc.kind, kind, name)
	}
	assert.Equal(t, 16, KeyLen("AES-128", ""))
	assert.Equal(t, 16, KeyLen("SAMPLE-AES", "identity"))
	assert.Equal(t, 32, KeyLen("AES-256", ""))
	assert.Equal(t, 32, KeyLen("AES-256-GCM", "identity"))
	assert.Zero(t, KeyLen("SAMPLE-AES", "com.apple.streamingkeydelivery"))
}

func TestAPlaylistBeginsAtItsFirstTag(t *testing.T) {
	text, ok := PlaylistText([]byte("\xef\xbb\xbf\n# not #EXTM3U yet\n #EXTM3U\n#EXTINF:1,\na.ts\n"))
	assert.True(t, ok)
	assert.Equal(t, "#EXTM3U\n#EXTINF:1,\na.ts\n", string(text))
	_, ok = PlaylistText([]byte("#EXTINF:1,\na.ts\n"))
	assert.False(t, ok)
}

func FuzzLook(f *testing.F) {
	for _, tc := range looks {
		f.Add([]byte(tc.body), 16)
	}
	f.Add([]byte(png+ts), 32)
	f.Add([]byte(png+"\x00\x00\x00\x0cmoof1234\x00\x00\x00\x0cmdat1234"), 32)
	f.Fuzz(func(t *testing.T, body []byte, n int) {
		if len(body) > 2*HeadLen {
			return
		}
		checkCuts(t, "fuzz", body)
		at, found, sure := BehindPicture(body, true)
		require.True(t, sure)
		require.True(t, !found || at > 0 && at < len(body) && body[at] == syncByte || at+4 < len(body))
		if n = n & 63; n > 0 {
			if key, kind := Key(body, n); kind != Unknown {
				require.Nil(t, key)
			}
		}
		if text, ok := PlaylistText(body); ok {
			require.True(t, bytes.HasPrefix(bytes.ToUpper(text), []byte("#EXTM3U")))
		}
	})
}

func ExampleKind_String() {
	k, _ := Look([]byte("<html>"), true)
	fmt.Println("answered", k)
	// Output: answered a web page
}
