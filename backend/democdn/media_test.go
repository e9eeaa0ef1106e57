package democdn

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mediaLimit is what the demo may take of the repository, in bytes.
const mediaLimit = 8_000_000

func readFull(res *http.Response, into []byte) (int, error) {
	defer res.Body.Close()
	return io.ReadFull(res.Body, into)
}

func TestTheMediaStayWithinTheirSizeLimit(t *testing.T) {
	list, err := files.ReadDir("media")
	require.NoError(t, err)
	require.Len(t, list, 12)
	var sum int64
	for _, f := range list {
		info, err := f.Info()
		require.NoError(t, err)
		sum += info.Size()
	}
	assert.LessOrEqual(t, sum, int64(mediaLimit))
}

// A player that keeps going must see one endless programme: 70 segments (two and a third loops), each fetched when it
// is new, joined behind their init section, decode without a complaint, and not one frame is missing or doubled.
func TestTheLoopIsSeamless(t *testing.T) {
	const segments = 70
	for _, feed := range []string{"world", "onboard-7", "onboard-44", "timing"} {
		for _, rendition := range []string{"720p", "360p", "audio"} {
			t.Run(feed+" "+rendition, func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				begin := noon.Add(-22 * time.Second)
				var programme bytes.Buffer
				programme.Write(s.mustGet(s.fresh(feed, rendition+"/init.mp4")))
				first := begin.Unix() / 2
				for n := first; n < first+segments; n++ {
					s.at(time.Unix(2*(n+1), 0))
					programme.Write(s.mustGet(s.fresh(feed, fmt.Sprintf("%s/%d.m4s", rendition, n))))
				}
				tool(t, bytes.NewReader(programme.Bytes()), "ffmpeg", "-v", "warning", "-xerror", "-i", "-", "-f", "null", "-")

				table := tool(t, &programme, "ffprobe", "-v", "warning", "-show_entries", "packet=pts,dts,duration,flags", "-of", "csv=p=0", "-")
				packets := strings.Fields(table)
				timescale, span, want := int64(12800), int64(512), segments*50
				if rendition == "audio" {
					timescale, span, want = 32000, 1024, segments*2*32000/1024
				}
				assert.InDelta(t, want, len(packets), 1, "packets")
				next := (begin.Unix() - epoch) * timescale
				if rendition == "audio" { // the first whole frame of the segment
					next = (next + span - 1) / span * span
				}
				for i, p := range packets {
					v := strings.Split(p, ",")
					require.GreaterOrEqual(t, len(v), 4, p)
					pts, err := strconv.ParseInt(v[0], 10, 64)
					require.NoError(t, err)
					require.Equal(t, next, pts, "packet %d", i)
					require.Equal(t, v[0], v[1], "presentation and decode time of packet %d", i)
					if i > 0 { // ffprobe does not tell the first AAC frame's
						require.Equal(t, strconv.FormatInt(span, 10), v[2], "duration of packet %d", i)
					}
					if rendition != "audio" {
						require.Equal(t, i%50 == 0, strings.HasPrefix(v[3], "K"), "a segment begins with its only key frame: packet %d", i)
					}
					next += span
				}
			})
		}
	}
}

// The clock in the picture is burned in, so a test cannot read it; but the frame which shows second s of the loop is
// served under program date times of that second, since parts of the loop are numbered by UTC.
func TestTheShownSecondMatchesTheProgramDateTime(t *testing.T) {
	c, err := New(Options{})
	require.NoError(t, err)
	for _, f := range c.feeds {
		for name, l := range f.loops {
			for n := noon.Unix() / 2; n < noon.Unix()/2+2*parts; n++ {
				pdt := l.starts(n)
				shown := float64(l.parts[n%parts].begins) / float64(l.timescale)
				assert.InDelta(t, shown, float64(pdt.Second())+float64(pdt.Nanosecond())/1e9, 1e-9, "%s %s", f.name, name)
				assert.Equal(t, pdt.Add(l.lasts(n)), l.starts(n+1), "the next segment begins where this one ends")
			}
		}
	}
}

func FuzzOpenLoop(f *testing.F) {
	small, err := files.ReadFile("media/timing-audio.mp4")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small[:2000])
	f.Add([]byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x08moov"))
	f.Add([]byte("\x00\x00\x00\x00mdat"))
	f.Add([]byte("\xff\xff\xff\xffmoof"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := openLoop(bytes.NewReader(file), int64(len(file))); err != nil {
			require.ErrorIs(t, err, ErrMedia)
		}
	})
}
