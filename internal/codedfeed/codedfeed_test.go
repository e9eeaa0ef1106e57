package codedfeed

import (
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFrameIsReadBackAndADamagedOneIsRefused(t *testing.T) {
	grey := make([]byte, Width*Height)
	for _, frame := range []uint32{0, 1, 25, 12345, 1<<24 - 1} {
		Draw(frame, grey)
		read, ok := Read(grey)
		assert.True(t, ok)
		assert.Equal(t, frame, read)
	}
	for i := range grey[:cellWidth] {
		for y := range cellHeight {
			grey[y*Width+i] = 16
		}
	}
	_, ok := Read(grey)
	assert.False(t, ok)
	for _, colour := range []byte{16, 235} {
		for i := range grey {
			grey[i] = colour
		}
		_, ok = Read(grey)
		assert.False(t, ok, "a picture of one colour is no frame")
	}
}

// get returns the answer's status and body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	require.NoError(t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(body)
}

func post(t *testing.T, url string) {
	t.Helper()
	r, err := http.Post(url, "", nil)
	require.NoError(t, err)
	_ = r.Body.Close()
	require.Equal(t, http.StatusOK, r.StatusCode)
}

// media returns the address of a feed's media playlist, with a token.
func media(t *testing.T, url, life, name string) string {
	t.Helper()
	_, list := get(t, url+"/feeds.m3u?life="+life)
	for line := range strings.Lines(list) {
		if strings.Contains(line, "/"+name+"/") {
			return strings.Replace(strings.TrimSpace(line), "index.m3u8", "media.m3u8", 1)
		}
	}
	t.Fatal("no feed ", name, " in ", list)
	return ""
}

// last returns the date and the address of the last segment of a playlist.
func last(t *testing.T, url string) (date time.Time, segment string) {
	t.Helper()
	status, text := get(t, url)
	require.Equal(t, http.StatusOK, status)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if value, ok := strings.CutPrefix(lines[len(lines)-3], "#EXT-X-PROGRAM-DATE-TIME:"); ok {
		var err error
		date, err = time.Parse(time.RFC3339, value)
		require.NoError(t, err)
	}
	return date, url[:strings.LastIndex(url, "media.m3u8")] + lines[len(lines)-1]
}

func TestThePicturesOfASegmentShowItsDate(t *testing.T) {
	o, url := Start(t, Latencies(2, 8)...)
	for _, name := range []string{"coded-2s", "coded-8s"} {
		date, segment := last(t, media(t, url, "60s", name))
		status, data := get(t, segment)
		require.Equal(t, http.StatusOK, status)
		file := filepath.Join(t.TempDir(), "segment.ts")
		require.NoError(t, os.WriteFile(file, []byte(data), 0o600))
		// The lowest bitrate that a producer would send.
		cmd := exec.Command("ffmpeg", "-v", "error", "-i", file, "-c:v", "libx264", "-b:v", "60k", "-bf", "2", "-f", "mpegts", file+".low")
		require.NoError(t, cmd.Run())
		pictures, err := exec.Command("ffmpeg", "-v", "error", "-i", file+".low", "-f", "rawvideo", "-pix_fmt", "gray", "-").Output()
		require.NoError(t, err)
		require.Len(t, pictures, int(SegmentTime.Seconds())*FrameRate*Width*Height)
		for i := range int(SegmentTime.Seconds()) * FrameRate {
			frame, ok := Read(pictures[i*Width*Height:][:Width*Height])
			require.True(t, ok)
			shown := o.Began().Add(time.Duration(frame) * time.Second / FrameRate)
			assert.Equal(t, date.Add(time.Duration(i)*time.Second/FrameRate), shown.UTC())
		}
	}
	early, _ := last(t, media(t, url, "60s", "coded-2s"))
	late, _ := last(t, media(t, url, "60s", "coded-8s"))
	assert.Equal(t, 6*time.Second, early.Sub(late))
}

func TestTokensExpireAndAreRevoked(t *testing.T) {
	_, url := Start(t, Latencies(2)...)
	status := func(url string) int {
		status, _ := get(t, url)
		return status
	}
	expired, revoked := media(t, url, "-1s", "coded-2s"), media(t, url, "60s", "coded-2s")
	_, segment := last(t, revoked)
	assert.Equal(t, []int{403, 200, 200}, []int{status(expired), status(revoked), status(segment)})
	post(t, url+"/revoke")
	assert.Equal(t, []int{403, 403, 200}, []int{status(revoked), status(segment), status(media(t, url, "60s", "coded-2s"))})
}

func TestFaultsAreSwitchedOnAndOff(t *testing.T) {
	now := time.Now()
	f := &feed{began: now.Add(-time.Minute), latency: 2 * time.Second}
	at := func(n int) time.Time { return f.began.Add(time.Duration(n) * SegmentTime) }
	require.NoError(t, f.change("date", "3h", false))
	before, _ := f.date(28)
	after, _ := f.date(29)
	assert.Equal(t, []time.Time{at(28), at(29).Add(3 * time.Hour)}, []time.Time{before, after})
	require.NoError(t, f.change("date", "backwards", true))
	early, _ := f.date(1)
	late, _ := f.date(2)
	assert.Equal(t, SegmentTime, early.Sub(late))
	require.NoError(t, f.change("date", "none", true))
	assert.NotContains(t, f.playlist(now, "t"), "DATE-TIME")

	require.NoError(t, f.change("stall", "10s", false))
	assert.Equal(t, []int{29, 35}, []int{f.listed(now.Add(9 * time.Second)), f.listed(now.Add(12 * time.Second))})
	require.NoError(t, f.change("latency", "6s", false))
	assert.Equal(t, 33, f.listed(now.Add(12*time.Second)))
	assert.Error(t, f.change("colour", "red", false))
}

func TestSoundsOfTwoProgrammesDiffer(t *testing.T) {
	assert.Equal(t, Sound(1, 7), Sound(1, 7))
	assert.NotEqual(t, Sound(1, 7), Sound(1, 8))
	assert.NotEqual(t, Sound(1, 7), Sound(2, 7))
	assert.Equal(t, make([]int16, SampleRate), Sound(Silent, 7))
	assert.Len(t, Sound(rand.Uint64(), 3), SampleRate)
}
