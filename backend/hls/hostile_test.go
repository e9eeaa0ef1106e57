package hls

import (
	"fmt"
	"strings"
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
