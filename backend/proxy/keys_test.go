package proxy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"gridwall/backend/playback"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secret returns the 16-byte key that is served at a path.
func secret(path string) []byte { return fmt.Appendf(nil, "%-16.16s", path) }

// keyServer serves the playlists one after the other at /v.m3u8, keys at paths beginning with /k, and init sections at paths
// beginning with /i.
func keyServer(t *testing.T, lists ...string) *reloading {
	s := newReloading(t, map[string][]string{"/v.m3u8": lists})
	list := s.handle
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		switch path := strings.TrimPrefix(r.URL.RequestURI(), "/"); path[0] {
		case 'k':
			path, _, _ = strings.Cut(path, "&t=")
			_, _ = w.Write(secret(path))
		case 'i':
			fmt.Fprintf(w, "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isom%-4.4s", r.URL.Path)
		default:
			return list(w, r)
		}
		return true
	}
	return s
}

// played holds what a player fetches for one segment: the keys that apply to its init section and to the segment itself, by
// KEYFORMAT, and the init section.
type played struct{ mapKeys, keys, section string }

// play reads a playlist as hls.js does (RFC 8216bis 4.4.4.4), and fetches what each segment needs. It fails if an address
// leads to other content than recorded in names.
func (g *rig) play(list string, names map[string]string) map[string]played {
	g.t.Helper()
	fetch := func(uri string) string {
		body := g.get("/hls/feed/main/" + uri)
		if was, ok := names[uri]; ok {
			assert.Equal(g.t, was, body, "%s had other content before", uri)
		}
		names[uri] = body
		return body
	}
	out := map[string]played{}
	force := map[string]string{}
	inForce := func() (s string) {
		for _, f := range []string{"identity", "com.x", "com.y"} {
			if k, ok := force[f]; ok {
				s += f + "=" + strings.TrimSpace(fetch(k)) + ";"
			}
		}
		return s
	}
	value := func(line, name string) string {
		_, rest, ok := strings.Cut(line, name+"=\"")
		if !ok {
			return ""
		}
		v, _, _ := strings.Cut(rest, "\"")
		return v
	}
	var mapKeys, section string
	for _, line := range strings.Split(list, "\n") {
		switch {
		case strings.HasPrefix(line, "#EXT-X-KEY:METHOD=NONE"):
			clear(force)
		case strings.HasPrefix(line, "#EXT-X-KEY:"):
			format := value(line, "KEYFORMAT")
			if format == "" {
				format = "identity"
			}
			force[format] = value(line, "URI")
		case strings.HasPrefix(line, "#EXT-X-MAP:"):
			mapKeys, section = inForce(), strings.TrimSpace(fetch(value(line, "URI")))
		case line != "" && line[0] != '#':
			out[fetch(line)] = played{mapKeys, inForce(), section}
		}
	}
	return out
}

// Decrypted with the segments' key instead of its own, an init section would be noise, and nothing would play.
func TestAnInitSectionIsDecryptedWithItsOwnKey(t *testing.T) {
	for _, method := range []string{"AES-128", "AES-256", "SAMPLE-AES"} {
		t.Run(method, func(t *testing.T) {
			n := 0
			text := func(msn int, names ...string) string {
				n++
				var b strings.Builder
				fmt.Fprintf(&b, "%s#EXT-X-MEDIA-SEQUENCE:%d\n", edgeHead, msn)
				for _, x := range names {
					switch x[0] {
					case 'k':
						fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=%s,URI=\"%s&t=%d\",IV=0x01\n", method, x, n)
					case 'i':
						fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%s?t=%d\"\n", x, n)
					default:
						b.WriteString(segments(x))
					}
				}
				return b.String()
			}
			s := keyServer(t,
				text(10, "ka?", "i1", "kb?", "10", "11", "12"),
				text(11, "ka?", "i1", "kb?", "11", "12", "13"), // the window slides
				text(12, "ka?", "i1", "kb?", "12", "13", "kc?", "14"),
				text(14, "ka?", "i1", "kc?", "14", "15"), // the segments' key has changed
				text(15, "ka?", "i1", "kc?", "15", "kd?", "i2", "ke?", "16"),
				text(16, "kd?", "i2", "ke?", "16", "17"),
				text(17, "kd?", "i2", "ke?", "17", "kf?", "i3", "18"), // one key for both
			)
			g := newRig(t, s.URL+"/v.m3u8")
			names := map[string]string{}
			want := map[int]string{10: "b", 11: "b", 12: "b", 13: "b", 14: "c", 15: "c", 16: "e", 17: "e", 18: "f"}
			for i := range 7 {
				got := g.play(g.get(mainList), names)
				require.NotEmpty(t, got)
				for what, p := range got {
					var k int
					_, err := fmt.Sscanf(what, "\x47object /%d.ts", &k)
					require.NoError(t, err)
					segmentKey, mapKey := want[k], "a"
					if k >= 16 {
						mapKey = "d"
					}
					if k == 18 {
						mapKey = "f"
					}
					assert.Equal(t, "identity=k"+segmentKey+"?;", p.keys, "reload %d: %s", i, what)
					assert.Equal(t, "identity=k"+mapKey+"?;", p.mapKeys, "reload %d: %s", i, what)
				}
				if i%2 == 1 {
					g.restart() // names are persisted
				}
			}
		})
	}
}

// The key of an init section and that of the segments differ only in a query parameter that looks like a token.
func TestInitAndSegmentKeysThatDifferOnlyByQueryAreDistinct(t *testing.T) {
	a, b := strings.Repeat("0a", 16), strings.Repeat("0b", 16)
	text := edgeHead + "#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-KEY:METHOD=AES-128,URI=\"k" + a + "\",IV=0x1\n#EXT-X-MAP:URI=\"i1\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k" + b + "\",IV=0x1\n" + segments("5", "6")
	text = strings.NewReplacer("k0a", "k?k=0a", "k0b", "k?k=0b").Replace(text)
	s := newReloading(t, map[string][]string{"/v.m3u8": {text}})
	list := s.handle
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if k := r.URL.Query().Get("k"); k != "" {
			_, _ = w.Write([]byte(k[:16]))
			return true
		}
		return list(w, r)
	}
	g := newRig(t, s.URL+"/v.m3u8")
	names := map[string]string{}
	for range 2 {
		for _, p := range g.play(g.get(mainList), names) {
			assert.Equal(t, played{"identity=" + a[:16] + ";", "identity=" + b[:16] + ";", p.section}, p)
		}
		g.restart()
	}
}

// A key applies until the next one of its KEYFORMAT, and keeps its name while keys of other formats come and go.
func TestEachKeyFormatKeepsItsNames(t *testing.T) {
	key := func(uri, format string) string {
		line := "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"" + uri + "?\",IV=0x01"
		if format != "" {
			line += ",KEYFORMAT=\"" + format + "\""
		}
		return line
	}
	text := func(msn int, names ...string) string {
		return edgeHead + fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", msn) + segments(names...)
	}
	s := keyServer(t,
		text(10, key("kx", "com.x"), key("ka", ""), "10", "11", key("kb", ""), "12"),
		text(11, key("ka", ""), key("kx", "com.x"), "11", key("kb", ""), "12", "13"), // another order
		text(12, key("kb", ""), "12", "13", key("ky", "com.y"), "14"),                // com.x has gone
		text(13, key("kb", ""), key("ky", "com.y"), "13", "14", key("kz", "com.x"), "15"),
		text(14, key("ky", "com.y"), "14", key("kz", "com.x"), "15", "#EXT-X-KEY:METHOD=NONE", "16"),
	)
	g := newRig(t, s.URL+"/v.m3u8")
	names := map[string]string{}
	for i, want := range []map[string]string{
		{"10": "identity=ka?;com.x=kx?;", "11": "identity=ka?;com.x=kx?;", "12": "identity=kb?;com.x=kx?;"},
		{"11": "identity=ka?;com.x=kx?;", "12": "identity=kb?;com.x=kx?;", "13": "identity=kb?;com.x=kx?;"},
		{"12": "identity=kb?;", "13": "identity=kb?;", "14": "identity=kb?;com.y=ky?;"},
		{"13": "identity=kb?;com.y=ky?;", "14": "identity=kb?;com.y=ky?;", "15": "identity=kb?;com.x=kz?;com.y=ky?;"},
		{"14": "com.y=ky?;", "15": "com.x=kz?;com.y=ky?;", "16": ""},
	} {
		got := g.play(g.get(mainList), names)
		require.Len(t, got, 3)
		for n, keys := range want {
			assert.Equal(t, keys, got["\x47object /"+n+".ts"].keys, "reload %d, segment %s", i, n)
		}
		if i == 2 {
			g.restart()
		}
	}
}

func encrypted(t *testing.T, plain, key, iv []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

// ffmpeg plays fragmented MP4 whose init section and segments are encrypted with different keys.
func TestFFmpegPlaysAnInitSectionWithAKeyOfItsOwn(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("no ffmpeg on this machine")
	}
	dir := t.TempDir()
	encode := exec.Command(ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x36:rate=10:duration=6", "-c:v", "libx264", "-g", "10", "-f", "hls",
		"-hls_time", "1", "-hls_segment_type", "fmp4", "-hls_list_size", "0", filepath.Join(dir, "v.m3u8"))
	out, err := encode.CombinedOutput()
	require.NoError(t, err, string(out))
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return b
	}
	iv := func(n byte) []byte { return append(make([]byte, 15), n) }
	files := map[string][]byte{"/ka": secret("/ka"), "/kb": secret("/kb"), "/init": encrypted(t, read("init.mp4"), secret("/ka"), iv(1))}
	list := "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-KEY:METHOD=AES-128,URI=\"ka?t=1\",IV=0x" + fmt.Sprintf("%032x", 1) +
		"\n#EXT-X-MAP:URI=\"init?t=1\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"kb?t=1\",IV=0x" + fmt.Sprintf("%032x", 2) + "\n"
	for i := range 6 {
		name := "/s" + strconv.Itoa(i) + ".m4s"
		files[name] = encrypted(t, read("v"+strconv.Itoa(i)+".m4s"), secret("/kb"), iv(2))
		list += "#EXTINF:1,\n" + name[1:] + "?t=1\n"
	}
	files["/v.m3u8"] = []byte(list + "#EXT-X-ENDLIST\n")
	s := newTextServer(t, map[string]string{})
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		body, ok := files[r.URL.Path]
		if ok {
			_, _ = w.Write(body)
		}
		return ok
	}
	g := newRig(t, s.URL+"/v.m3u8?t=1")
	play := exec.Command(ffmpeg, "-v", "error", "-xerror", "-allowed_extensions", "ALL", "-i", g.srv.URL+"/hls/feed/index.m3u8", "-f", "framecrc", "-")
	var stdout, stderr bytes.Buffer
	play.Stdout, play.Stderr = &stdout, &stderr
	require.NoError(t, play.Run(), stderr.String())
	assert.Empty(t, stderr.String())
	assert.Equal(t, 60, strings.Count(stdout.String(), "\n0,"), "six seconds at ten frames each")
}

// Retained segments are listed with the keys that they were published with.
func TestRetainedSegmentsKeepTheirOwnKeys(t *testing.T) {
	key := func(uri, format string) string {
		return "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"" + uri + "?\",IV=0x01,KEYFORMAT=\"" + format + "\""
	}
	section := func(uri string) string { return "#EXT-X-MAP:URI=\"" + uri + "\"" }
	text := func(msn int, names ...string) string {
		return edgeHead + fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", msn) + segments(names...)
	}
	s := keyServer(t, "")
	show := func(text string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.texts["/v.m3u8"] = []string{text}
	}
	g, _ := newRewindRig(t, s.URL+"/v.m3u8", playback.Rewind{Length: time.Hour, Bytes: 1 << 20})
	names := map[string]string{}
	want := map[string]played{}
	for _, list := range []string{
		text(10, key("kx", "com.x"), key("ka", "identity"), section("i1"), key("kb", "identity"), "10", "11", key("kc", "identity"), "12"),
		text(12, key("kx", "com.x"), key("ka", "identity"), section("i1"), key("kc", "identity"), "12", "13", "#EXT-X-KEY:METHOD=NONE", section("i2"), "14"),
		text(14, section("i2"), "14", "15", key("kd", "identity"), "16"),
		text(16, section("i2"), key("kd", "identity"), "16", key("ke", "identity"), section("i3"), "17"),
	} {
		show(list)
		for what, p := range g.play(g.get(mainList), names) {
			if was, ok := want[what]; ok {
				assert.Equal(t, was, p, what)
			}
			want[what] = p
		}
		g.waitRetained(mainList)
	}
	g.retainedFrom(mainList, "10.")
	got := g.play(g.get(mainList), names)
	assert.Equal(t, want, got)
	assert.Len(t, got, 8)
	assert.Equal(t, "identity=ka?;com.x=kx?;", got["\x47object /12.ts"].mapKeys)
	assert.Equal(t, "identity=kc?;com.x=kx?;", got["\x47object /12.ts"].keys)
	assert.Equal(t, "", got["\x47object /15.ts"].keys)
}
