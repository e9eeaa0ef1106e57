package hls

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls/internal/dates"
)

func TestPlaylistsAreDistinguishedFromRefusals(t *testing.T) {
	for in, want := range map[string]Kind{
		"":                         NotPlaylist,
		"<html>#EXTM3U":            NotPlaylist,
		"#EXTINF:1,\na":            NotPlaylist,
		"{\"error\": \"#EXTM3U\"}": NotPlaylist,
		"#EXTM3U":                  KindMedia,
		"\xef\xbb\xbf\r\n \n#EXTM3U\r\n#EXTINF:1\r\na": KindMedia,
		"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n":           KindMedia,
		"#EXTM3U\n# #EXT-X-STREAM-INF:\n":              KindMedia,
		"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na":    KindMultivariant,
		"#EXTM3U\r#EXT-X-MEDIA:TYPE=AUDIO\r":           KindMultivariant,
		"#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:URI=\"a\"": KindMultivariant,
		"#EXTM3U\n#EXT-X-IMAGE-STREAM-INF:URI=\"a\"":   KindMultivariant,
		"#EXTM3U\n#EXTINF:1\na\n#EXT-X-STREAM-INF:":    KindMedia,
	} {
		assert.Equal(t, want, Sniff([]byte(in)), "%q", in)
	}
}

func TestAttributeListsOfRealServersAreRead(t *testing.T) {
	for in, want := range map[string][]string{
		`A=1,B="x, y",C=0xab`:         {"A", "1", "B", "x, y", "C", "0xab"},
		` A = 1 , B = "x" `:           {"A", "1", "B", "x"},
		`URI=https://h/a,b?c=1,2,B=3`: {"URI", "https://h/a,b?c=1,2", "B", "3"},
		`A="open, B=1`:                {"A", "open, B=1"},
		`A="x"rest,B=1`:               {"A", "x", "B", "1"},
		`,,A=1,,`:                     {"A", "1"},
		`FLAG,A=1`:                    {"", "FLAG", "A", "1"},
		`A="",B=`:                     {"A", "", "B", ""},
		`A=a=b`:                       {"A", "a=b"},
		``:                            nil,
	} {
		var got []string
		list := attributes{text: in, end: len(in)}
		for x := (attribute{}); list.next(&x); {
			got = append(got, x.name, x.value)
		}
		assert.Equal(t, want, got, "%q", in)
	}
}

func TestDatesOfRealServersAreRead(t *testing.T) {
	want := time.Date(2026, 5, 24, 12, 30, 15, 250_000_000, time.UTC)
	for in, plain := range map[string]bool{
		"2026-05-24T12:30:15.25Z": true, "2026-05-24T12:30:15.250+0000": true, "2026-05-24T14:30:15.250+02:00": true,
		"2026-05-24T12:30:15.250000000000Z": true, "2026-05-24T07:00:15.250-05:30": true,
		"2026-05-24T14:30:15.250+02": false, "2026-05-24T12:30:15.250": false, "2026-05-24 12:30:15,250": false,
		"2026-05-24T12:30:15.250z": false, "2026-05-24t12:30:15.250Z": false, "2026-05-24 12:30:15.250Z": false, "2026-05-24  12:30:15.250Z": false,
		`"2026-05-24T12:30:15.250Z"`: false, "2026-05-24T12:30:15.250Z,": false, "20260524T123015.250Z": false, "20260524T143015,25+0200": false,
		"2026-05-24T12:30:15.250 UTC": false, "2026-05-24 12:30:15.250 +0000": false, "2026-05-24T12:30:15.250GMT": false,
		"2026-05-24T14:30:15.250+02:00[Europe/Berlin]": false, "2026-05-24T12:30:15.250Z[UTC]": false,
	} {
		got, isPlain := dates.Parse(in)
		assert.Equal(t, want, got, in)
		assert.Equal(t, plain, isPlain, in)
	}
	for _, in := range []string{"", "2026-05-24", "2026-05-24T12:30:15+", "2026-05-24T12:30:15+1:00", "2026-13-24T12:30:15Z", "x026-05-24T12:30:15Z",
		"2026-05-24T12:30:15+02:5", "2026-05-24T12:30:15 CEST", "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "1779625815", "2026-05-24T12:30:1"} {
		got, plain := dates.Parse(in)
		assert.True(t, got.IsZero(), in)
		assert.False(t, plain, in)
	}
}

// A player that does not read a date, or takes local time for it, plays a feed out of step with the others.
func TestEveryPlayerReadsTheDatesThatAreWritten(t *testing.T) {
	for in, want := range map[string]string{
		"2025-12-04T14:00:07.736386-06":        "2025-12-04T20:00:07.736386Z",
		"2025-12-04T14:00:07":                  "2025-12-04T14:00:07.000Z",
		"2025-12-04T14:00:07,5+0100":           "2025-12-04T13:00:07.500Z",
		"2025-12-04 14:00:07.736z":             "2025-12-04T14:00:07.736Z",
		`"2025-12-04T14:00:07Z"`:               "2025-12-04T14:00:07.000Z",
		"20251204T140007Z":                     "2025-12-04T14:00:07.000Z",
		"2025-12-04T14:00Z":                    "2025-12-04T14:00:00.000Z",
		"2025-12-04T24:00:00Z":                 "2025-12-05T00:00:00.000Z",
		"2025-12-04T14:00:60Z":                 "2025-12-04T14:01:00.000Z",
		"2025-02-29T14:00:07Z":                 "2025-03-01T14:00:07.000Z",
		"2025-12-04T14:00:07.1234+0000":        "2025-12-04T14:00:07.1234+0000",
		"2024-02-29T14:00:07+01:00":            "2024-02-29T14:00:07+01:00",
		"4 December":                           "4 December",
		"2025-12-04T14:00:07.000 Europe/Paris": "2025-12-04T14:00:07.000 Europe/Paris",
	} {
		got := rendered(mustMedia(t, head+"#EXT-X-PROGRAM-DATE-TIME:"+in+"\n#EXTINF:4,\na.ts\n"), Shift{})
		assert.Contains(t, got, "#EXT-X-PROGRAM-DATE-TIME:"+want+"\n", in)
		if in != want && !strings.Contains(in, `"`) {
			got = rendered(mustMedia(t, head+`#EXT-X-DATERANGE:ID="1",START-DATE="`+in+`",END-DATE="`+in+"\"\n#EXTINF:4,\na.ts\n"), Shift{})
			assert.Contains(t, got, `START-DATE="`+want+`",END-DATE="`+want+`"`, in)
		}
	}
}

func TestDurationsKeepTheirDigits(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"4": 4 * time.Second, "4.00008,": 4_000_080_000, "0.333334,title": 333_334_000, ".5": 500 * time.Millisecond, "-1": 0, "": 0, "x": 0,
		"9.12345678912345": 9_123_456_789, "99999999999999999999": 0, "5000000000": 1e9 * time.Second,
	} {
		assert.Equal(t, want, seconds(in), in)
	}
}

func TestInvalidDescriptiveNumbersAreNotAnError(t *testing.T) {
	w, h := resolution("1920x1080")
	assert.Equal(t, [2]int{1920, 1080}, [2]int{w, h})
	for _, in := range []string{"", "x", "1920", "99999999x1", "axb"} {
		_, h := resolution(in)
		assert.Zero(t, h, in)
	}
	for in, want := range map[string]float64{"59.940": 59.94, "NaN": 0, "-1": 0, "Inf": 0, "fast": 0} {
		assert.Equal(t, want, float(in), in)
	}
}

// Numbers of segments and spares are stored with such dates: one year of five digits would make a whole record unreadable.
func TestDatesThatCannotBeStoredAreNoDates(t *testing.T) {
	for date, inf := range map[string]string{
		"9999-12-31T23:59:59Z": "2", "9999-12-27T23:59:59Z": "2", "8999-12-31T23:59:59Z": "999999999", "0001-01-01T00:00:00Z": "2",
		"1000-01-01T00:00:00Z": "999999999", "2026-11-28T12:00:00Z": "2",
	} {
		body := "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + strings.Repeat("#EXTINF:"+inf+",\na.ts\n", 300) +
			"#EXT-X-PROGRAM-DATE-TIME:" + date + "\n" + strings.Repeat("#EXTINF:"+inf+",\na.ts\n", 300)
		m, err := ParseMedia([]byte(body), Env{})
		require.NoError(t, err)
		for _, s := range m.Segments {
			end := s.PDT.Add(s.Duration)
			if s.PDT.IsZero() {
				continue
			}
			_, err := json.Marshal([]time.Time{s.PDT, end})
			require.NoError(t, err, date)
		}
		assert.Equal(t, date[:2] != "20", m.Segments[0].PDT.IsZero(), "%s: a plausible date is still carried to other segments", date)
	}
}
