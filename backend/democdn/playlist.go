package democdn

import (
	"fmt"
	"strconv"
	"time"
)

const (
	// window is the number of segments in a media playlist: 30 s.
	window = 15
	// kept is the number of segments that can be fetched: those of the window and as many before it, because a segment must
	// remain available for the duration of the longest playlist that lists it (RFC 8216 section 6.2.2).
	kept = 2*window + 1
	// framesPerSecond is the rate of all feeds.
	framesPerSecond = 25
	// audioName is the rendition of a feed's audio.
	audioName = "audio"
	pdtLayout = "2006-01-02T15:04:05.000Z"
)

// newest returns the number of the newest segment that is complete at now.
func newest(now time.Time) int64 {
	return now.Unix()/int64(segmentTime/time.Second) - 1
}

// multivariant returns the feed's multivariant playlist, with the token in the addresses of its children.
func (f *feed) multivariant(token string) []byte {
	out := []byte("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	audio := f.loops[audioName]
	out = fmt.Appendf(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Natural sound\",LANGUAGE=\"zxx\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"%s/index.m3u8?%s=%s\"\n",
		audioName, tokenParam, token)
	for _, name := range f.variants {
		l := f.loops[name]
		out = fmt.Appendf(out, "#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,CODECS=\"%s,%s\",RESOLUTION=%dx%d,FRAME-RATE=%d.000,AUDIO=\"sound\"\n%s/index.m3u8?%s=%s\n",
			l.peak+audio.peak, l.average+audio.average, l.codecs, audio.codecs, l.width, l.height, framesPerSecond, name, tokenParam, token)
	}
	return out
}

// media returns the media playlist of one rendition at now, with the token in the addresses of its children.
func (l *loop) media(token string, now time.Time) []byte {
	last := newest(now)
	first := max(0, last-window+1)
	out := make([]byte, 0, 512+window*(len(token)+96))
	out = append(out, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:"...)
	out = strconv.AppendInt(out, first, 10)
	out = append(out, "\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4?"+tokenParam+"="...)
	out = append(append(out, token...), "\"\n"...)
	for n := first; n <= last; n++ {
		out = append(out, "#EXT-X-PROGRAM-DATE-TIME:"...)
		out = l.starts(n).AppendFormat(out, pdtLayout)
		out = append(out, "\n#EXTINF:"...)
		out = strconv.AppendFloat(out, l.lasts(n).Seconds(), 'f', 3, 64)
		out = append(out, ",\n"...)
		out = strconv.AppendInt(out, n, 10)
		out = append(out, ".m4s?"+tokenParam+"="...)
		out = append(append(out, token...), '\n')
	}
	return out
}
