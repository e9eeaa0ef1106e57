package hls

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/internal/testcost"
)

// everyTag are the tags that the parsers look at.
var everyTag = []string{
	tagDefine, tagSteering, tagStart, tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData, tagExtInf, tagByteRange,
	tagDiscontinuity, tagKey, tagMap, tagPDT, tagGap, tagPart, tagTarget, tagMSN, tagDiscSeq, tagEndList, tagType, tagIFramesOnly, tagPartInf,
	tagControl, tagSkip, tagHint, tagReport, tagDateRange, tagVersion, tagIndependent, tagBitrate, tagPrefetch, tagTwitchPrefetch,
	"#EXT-X-VENDOR", "#extinf", "#ext-x-key", "#", "# words", "#EXTM3U",
}

// pieces are what a hostile line is made of, over and over.
var pieces = []string{
	`URI="http://a",`, `http://a `, `X-A="http://a http://b",`, `a=//b,`, `"`, `'`, `URI=a `, `URI='a' `, `,`, `=`, `, `, `{$v}`, `{$`, `A="b`, `x,A`,
	`METHOD=AES-128,URI="data:,http://a",`, `"data:,//a//b`, `URL=a,`, `:`, `//`, `://`, `https://h,`, `X-ASSET-URI="b",`, `1,2`, `1@`, ` `, "\t", `FLAG,`,
}

// hostile returns texts that grow with n, by name.
func hostile() map[string]func(n int) string {
	all := map[string]func(n int) string{}
	const media = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"w\"\n#EXT-X-TARGETDURATION:4\n"
	const multi = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"w\"\n#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a\"\n"
	for _, tag := range everyTag {
		for _, piece := range pieces {
			for kind, head := range map[string]string{"media": media, "multivariant": multi} {
				tag, piece, head := tag, piece, head
				all[fmt.Sprintf("%s: one line of %s:%s", kind, tag, piece)] = func(n int) string {
					return head + tag + ":" + strings.Repeat(piece, n/len(piece)) + "\n#EXTINF:4,\na\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb\n"
				}
			}
		}
		for kind, head := range map[string]string{"media": media, "multivariant": multi} {
			for i, list := range []string{`METHOD=AES-128,URI="a",KEYFORMAT="f%d",TYPE=AUDIO,NAME="n%d"`, `TYPE=PART,URI="https://h/%d?%d",LAST-MSN=1`, `%d.%d,t`} {
				tag, head, list := tag, head, list
				all[fmt.Sprintf("%s: many lines of %s, %d", kind, tag, i)] = func(n int) string {
					var b strings.Builder
					b.WriteString(head)
					for i := 0; b.Len() < n; i++ {
						fmt.Fprintf(&b, tag+":"+list+"\n", i, i)
						if i%2 == 0 {
							b.WriteString("#EXTINF:4,\na\n")
						}
					}
					return b.String()
				}
			}
		}
	}
	lines := func(line func(i int) string) func(n int) string {
		return func(n int) string {
			var b strings.Builder
			b.WriteString(media)
			for i := 0; b.Len() < n; i++ {
				b.WriteString(line(i))
			}
			return b.String()
		}
	}
	all["a key and an init section each segment"] = lines(func(i int) string {
		return fmt.Sprintf("#EXT-X-KEY:METHOD=AES-128,URI=\"k%d\"\n#EXT-X-MAP:URI=\"m%d\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"l%d\"\n#EXTINF:1,\na\n", i, i, i)
	})
	all["keys at one place"] = lines(func(i int) string { return fmt.Sprintf("#EXT-X-KEY:METHOD=AES-128,URI=\"k%d\"\n", i) })
	all["one key and many segments"] = func(n int) string {
		return media + "#EXT-X-KEY:METHOD=AES-128,URI=\"" + strings.Repeat("k", 60_000) + "\"\n" + strings.Repeat("#EXTINF:1,\na\n", n/13)
	}
	all["one long key and many segments"] = func(n int) string { // the length is not in an address
		return media + "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",X-A=\"" + strings.Repeat("k", 60_000) + "\"\n" + strings.Repeat("#EXTINF:1,\na\n", n/13)
	}
	all["discontinuities"] = lines(func(int) string { return "#EXT-X-DISCONTINUITY\n#EXTINF:1,\na\n" })
	all["no segments"] = lines(func(int) string { return "a\n" })
	all["blank lines"] = lines(func(int) string { return "\n" })
	all["carriage returns"] = lines(func(int) string { return "\r" })
	all["variables"] = lines(func(i int) string { return fmt.Sprintf("#EXT-X-DEFINE:NAME=\"v%d\",VALUE=\"{$v}\"\n", i%MaxVariables) })
	all["query parameters"] = lines(func(int) string { return "#EXT-X-DEFINE:QUERYPARAM=\"sig\"\n" })
	all["parts"] = lines(func(i int) string { return fmt.Sprintf("#EXT-X-PART:DURATION=1,URI=\"p\",BYTERANGE=\"%d\"\n", i) })
	all["late tags"] = lines(func(i int) string { return "#EXTINF:1,\na\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-INDEPENDENT-SEGMENTS\n" })
	all["unreadable durations"] = lines(func(i int) string { return "#EXTINF:x,\na\n#EXTINF:4 y,\na\n" })
	return all
}

// work does all that the proxy does with a playlist.
func work(body []byte) {
	if Sniff(body) == KindMultivariant {
		m, err := ParseMultivariant(body, testEnv)
		if err != nil {
			return
		}
		m.RenderOnly(nil, fixed{}, nil)
		return
	}
	m, err := ParseMedia(body, testEnv)
	if err != nil {
		return
	}
	m.Render(nil, fixed{}, Shift{})
	s := Shift{MSN: 7, Discontinuity: 1}
	for i := range m.Segments {
		s.Breaks = append(s.Breaks, i)
	}
	m.Render(nil, fixed{}, s)
	excerpt := m.SegmentTexts(fixed{}, s)
	for i := range m.Segments {
		excerpt(i)
		m.Governing(i)
	}
	m.CanSkipUntil = time.Second
	if k := m.Skippable(); k > 0 {
		m.RenderDelta(nil, fixed{}, s, k)
	}
}

// One line of 24 KB once took 17 seconds, and nothing stops a parser that has begun: any server that answers a playlist could stop
// the whole program. What grows four times as long may cost six times as much at most, and a megabyte a quarter of a second.
func TestNoPlaylistCostsMoreThanItsLength(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	const size = 16 << 10
	skip := 0
	for name, text := range hostile() {
		if skip++; testcost.Slower > 1 && skip%10 > 0 { // a tenth of them is enough under the race detector
			continue
		}
		small, large := []byte(text(size)), []byte(text(4*size))
		most := time.Duration(float64(250*time.Millisecond*testcost.Slower) * float64(len(large)) / (1 << 20))
		fine := func(ratio float64, took time.Duration) bool { return ratio < 6 && took < most }
		ratio, took := testcost.Growth(func(l bool) {
			if l {
				work(large)
			} else {
				work(small)
			}
		}, fine)
		if !fine(ratio, took) {
			t.Errorf("%.120s: four times the length took %.1f times as long, %v for %d bytes", name, ratio, took, len(large))
		}
	}
}

func TestNoAssetListCostsMoreThanItsLength(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	for _, piece := range []string{`"URI":"https://h",`, `"a":["https://h"],`, `"a":"b",`, `"\\\"":"\u0068",`} {
		text := func(n int) []byte { return []byte(`{` + strings.Repeat(piece, n) + `"z":1}`) }
		small, large := text(2000), text(8000)
		fine := func(ratio float64, _ time.Duration) bool { return ratio < 6 }
		if ratio, _ := testcost.Growth(func(l bool) {
			body := small
			if l {
				body = large
			}
			if _, err := RewriteAssetList(nil, body, nameAsset); err != nil {
				t.Fatal(err)
			}
		}, fine); ratio >= 6 {
			t.Errorf("%s: %.1f times", piece, ratio)
		}
	}
}
