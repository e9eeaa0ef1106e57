package e2e

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// linkLife is how long nginx's links are good.
	linkLife = 10 * time.Second
	// linkLives is how many of these lives are played through.
	linkLives = 5
	// encoderSegment is the length of the live encoder's segments.
	encoderSegment = 2 * time.Second
	linkSecret     = "not a secret"
)

// nginxConf serves DIR/hls under /live/ with tokens in the query (md5, expires), and under /p/MD5,EXPIRES/ with tokens
// in the path. A token is valid for every file below.
const nginxConf = `
daemon off; master_process off; worker_processes 1;
pid DIR/nginx.pid; error_log DIR/error.log warn;
events { worker_connections 256; }
http {
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  log_format answers '$status $request_uri';
  access_log DIR/access.log answers;
  client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3; uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
  server {
    listen ADDRESS;
    location /live/ {
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "$secure_link_expires/live/ SECRET";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
      alias DIR/hls/;
    }
    location ~ ^/p/(?<link>[\w-]+),(?<end>\d+)/(?<file>[^/]+)$ {
      secure_link $link,$end;
      secure_link_md5 "$secure_link_expires/p/ SECRET";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
      alias DIR/hls/$file;
    }
  }
}
`

// linkCDN is nginx over what a live encoder makes.
type linkCDN struct {
	dir, base string
}

func newLinkCDN(t testing.TB) *linkCDN {
	t.Helper()
	version, err := exec.Command("nginx", "-V").CombinedOutput()
	if err != nil || !bytes.Contains(version, []byte("http_secure_link_module")) {
		t.Fatal("nginx has no secure_link module: run build/setup test")
	}
	dir := t.TempDir()
	c := &linkCDN{dir: dir}
	if err := os.Mkdir(filepath.Join(dir, "hls"), 0o755); err != nil {
		t.Fatal(err)
	}
	encoder := run(t, func(string, time.Time) {}, "ffmpeg", "-nostdin", "-v", "error",
		"-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-re", "-f", "lavfi", "-i", "sine=frequency=440",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0",
		"-c:a", "aac", "-b:a", "48k", "-f", "hls", "-hls_time", fmt.Sprint(encoderSegment.Seconds()), "-hls_list_size", "8",
		"-hls_flags", "delete_segments+program_date_time+independent_segments+temp_file",
		"-hls_segment_filename", filepath.Join(dir, "hls", "%d.ts"), filepath.Join(dir, "hls", "index.m3u8"))
	address := freeAddress(t)
	write(t, filepath.Join(dir, "nginx.conf"), strings.NewReplacer("DIR", dir, "ADDRESS", address, "SECRET", linkSecret).Replace(nginxConf))
	server := run(t, func(string, time.Time) {}, "nginx", "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "error.log"))
	c.base = "http://" + address
	until(t, "nginx", func() bool {
		if !server.running() || !encoder.running() {
			t.Fatalf("nginx or the encoder ended: %s %s", server.tail(), encoder.tail())
		}
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	until(t, "the encoder's first segments", func() bool {
		list, err := os.ReadFile(filepath.Join(dir, "hls", "index.m3u8"))
		return err == nil && bytes.Count(list, []byte("#EXTINF")) >= behind
	})
	return c
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// link signs everything below path until a time.
func link(path string, ends int64) string {
	sum := md5.Sum(fmt.Appendf(nil, "%d%s %s", ends, path, linkSecret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (c *linkCDN) byQuery(ends int64) string {
	return fmt.Sprintf("%s/live/index.m3u8?md5=%s&expires=%d", c.base, link("/live/", ends), ends)
}

func (c *linkCDN) byPath(ends int64) string {
	return fmt.Sprintf("%s/p/%s,%d/index.m3u8", c.base, link("/p/", ends), ends)
}

// answers counts nginx's answers by status.
func (c *linkCDN) answers(t testing.TB, prefix string) (counts map[int]int, refused []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	counts = map[int]int{}
	for line := range strings.Lines(string(text)) {
		status, uri, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.Atoi(status)
		if !strings.HasPrefix(uri, prefix) {
			continue
		}
		counts[n]++
		if n >= http.StatusBadRequest {
			refused = append(refused, line)
		}
	}
	return counts, refused
}

// signer returns the site that lists the CDN's streams. It signs a fresh link for every answer.
func signer(t testing.TB, sign func(ends int64) string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode([]entry{{URL: sign(time.Now().Add(linkLife).Unix()), Title: "Race", Quality: "180p"}})
	}))
	t.Cleanup(s.Close)
	return s
}

// Links that live ten seconds, told apart by query and by path; refresh.interval is an hour, so only reading the
// expiry and renewing on refusals keep them valid.
func TestNginxSecureLinksKeepPlaying(t *testing.T) {
	t.Parallel()
	c := newLinkCDN(t)
	g := serve(t, newHome(t, map[string]string{
		"query": jsonSource(signer(t, c.byQuery).URL),
		"path":  jsonSource(signer(t, c.byPath).URL),
	}), "127.0.0.1:0")
	front := newFront(t, g)
	// The first segments come at once.
	const wall = linkLives * linkLife
	const length = wall + behind*encoderSegment
	var ffmpeg []func() *report
	var mpv []func() *mpvReport
	for _, s := range g.streams(2) {
		ffmpeg = append(ffmpeg, collect(t, s.SiteKey, front.URL+s.path(), length))
		mpv = append(mpv, playMPV(t, s.SiteKey+" in mpv", front.URL+s.path(), wall))
	}
	for _, wait := range mpv {
		wait().judge(t, wall, encoderSegment)
	}
	for _, wait := range ffmpeg {
		wait().judge(t, length, encoderSegment)
	}
	front.judge(t)
	for _, kind := range []struct {
		prefix string
		// bare is how many requests without a token come before it is known that this host's children need their parent's:
		// one of the health check, one of a viewer's.
		bare int
	}{{"/live/", 2}, {"/p/", 0}} {
		counts, refused := c.answers(t, kind.prefix)
		t.Logf("nginx under %s: %v", kind.prefix, counts)
		// Because the expiry is read from the link, each link is renewed before it expires and nginx sees no expired one.
		// Renewing on a refusal alone would play as well, at the cost of one refusal per life.
		if n := counts[http.StatusForbidden]; n > kind.bare {
			t.Errorf("nginx refused %d requests under %s as bad: %s", n, kind.prefix, strings.Join(refused, ""))
		}
		if n := counts[http.StatusGone]; n > 0 {
			t.Errorf("nginx refused %d requests under %s as expired: %s", n, kind.prefix, strings.Join(refused, ""))
		}
		if n := counts[http.StatusNotFound]; n > 0 {
			t.Errorf("%d requests under %s were for what is not there: %s", n, kind.prefix, strings.Join(refused, ""))
		}
	}
	t.Logf("active: %v", g.active())
}

// The test above proves something only if nginx refuses bad and expired links.
func TestNginxRefusesBadAndOldLinks(t *testing.T) {
	t.Parallel()
	c := newLinkCDN(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	soon, past := time.Now().Add(time.Hour).Unix(), time.Now().Add(-time.Second).Unix()
	for address, want := range map[string]int{
		c.byQuery(soon):                200,
		c.byPath(soon):                 200,
		c.byQuery(past):                410,
		c.byPath(past):                 410,
		c.base + "/live/index.m3u8":    403,
		c.byQuery(soon) + "1":          403,
		c.base + "/p/x,1/index.m3u8":   403,
		c.base + "/hls/index.m3u8":     404,
		c.base + "/live/../index.m3u8": 404,
	} {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, not %d", address, res.StatusCode, want)
		}
	}
}
