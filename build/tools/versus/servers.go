package main

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// secret signs the links of the origin.
	secret = "not a secret"
	// patience limits each wait for a server to start.
	patience = 20 * time.Second
	// plainProxy is the argument with which this program runs as Go's reverse proxy.
	plainProxy = "reverse-proxy"
)

// common is the configuration of all nginx servers: as many workers as cores, sendfile, keep-alive.
const common = `
daemon off; worker_processes auto; pid DIR/NAME.pid; error_log DIR/NAME.log warn;
events { worker_connections 4096; }
http {
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 300s;
  client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3; uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
`

// originConf serves each segment number from one of ten files, under links with a signature and an expiry in the path.
const originConf = `
  server {
    listen ADDRESS reuseport;
    location ~ ^/p/(?<link>[\w-]+),(?<end>\d+)/(\d*)(?<file>\d\.ts|live\.m3u8)$ {
      secure_link $link,$end;
      secure_link_md5 "$secure_link_expires/p/ SECRET";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
      alias DIR/media/$file;
    }
  }
}
`

// proxyConf is a reverse proxy; CACHEPATH and CACHE are replaced by the cache directives, if any.
const proxyConf = `
  CACHEPATH
  upstream origin { server ORIGIN; keepalive 64; keepalive_requests 1000000; }
  server {
    listen ADDRESS reuseport;
    location / {
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      CACHE
    }
  }
}
`

func (b *bench) startOrigin() error {
	media := filepath.Join(b.dir, "media")
	if err := os.Mkdir(media, 0o755); err != nil {
		return err
	}
	body := segment(segmentSize)
	for i := range 10 {
		body[1] = byte(i)
		if err := os.WriteFile(filepath.Join(media, fmt.Sprintf("%d.ts", i)), body, 0o644); err != nil {
			return err
		}
	}
	var list bytes.Buffer
	list.WriteString("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n")
	for i := range listed {
		fmt.Fprintf(&list, "#EXTINF:4,\n%d.ts\n", i)
	}
	list.WriteString("#EXT-X-ENDLIST\n")
	if err := os.WriteFile(filepath.Join(media, "live.m3u8"), list.Bytes(), 0o644); err != nil {
		return err
	}
	end := time.Now().Add(24 * time.Hour).Unix()
	sum := md5.Sum(fmt.Appendf(nil, "%d/p/ %s", end, secret))
	var err error
	b.origin, err = b.nginx("origin", common+originConf)
	if err == nil {
		b.origin.name = "origin, direct"
		b.origin.prefix = fmt.Sprintf("/p/%s,%d/", base64.RawURLEncoding.EncodeToString(sum[:]), end)
	}
	return err
}

// segment returns a body of the size that begins like a transport stream.
func segment(size int) []byte {
	body := make([]byte, size)
	x := uint32(2463534242)
	for i := range body {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		body[i] = byte(x)
	}
	body[0] = 0x47
	return body
}

func (b *bench) startNginx() (err error) {
	with := func(path, cache string) string {
		return strings.NewReplacer("CACHEPATH", path, "CACHE", cache, "ORIGIN", b.origin.address).Replace(common + proxyConf)
	}
	b.cache, err = b.nginx("cache", with("proxy_cache_path DIR/cache levels=1:2 keys_zone=segments:10m max_size=1g inactive=60m use_temp_path=off;",
		"proxy_cache segments; proxy_cache_valid 200 60m; proxy_cache_lock on;"))
	if err != nil {
		return err
	}
	b.cache.name, b.cache.prefix = "nginx, proxy_cache", b.origin.prefix
	// Without more directives: larger buffers or temporary files would not make it faster.
	b.buffered, err = b.nginx("buffered", with("", ""))
	if err != nil {
		return err
	}
	b.buffered.name, b.buffered.prefix = "nginx, buffered", b.origin.prefix
	return nil
}

// nginx starts an nginx with the configuration, and waits until it listens.
func (b *bench) nginx(name, conf string) (*contender, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.dir, name+".conf")
	conf = strings.NewReplacer("DIR", b.dir, "NAME", name, "ADDRESS", address, "SECRET", secret).Replace(conf)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("nginx", "-p", b.dir, "-c", file, "-e", filepath.Join(b.dir, name+".log"))
	cmd.Stderr = os.Stderr
	return b.start(name, address, cmd)
}

// start runs a server and waits until it listens.
func (b *bench) start(name, address string, cmd *exec.Cmd) (*contender, error) {
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w (build/setup test installs what is missing)", name, err)
	}
	b.ending(cmd)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return &contender{name: name, address: address, pid: cmd.Process.Pid}, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s does not listen: %w", name, err)
		}
	}
}

func (b *bench) ending(cmd *exec.Cmd) {
	b.stops = append(b.stops, func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) && !exit.Exited() {
			return nil // it was ended by our signal
		}
		return err
	})
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (b *bench) startPlain() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, plainProxy, "http://"+b.origin.address)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.ending(cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	b.plain = &contender{name: "Go's ReverseProxy", address: strings.TrimSpace(line), pid: cmd.Process.Pid, prefix: b.origin.prefix}
	return nil
}

// servePlain runs Go's reverse proxy with its defaults, in a separate process.
func servePlain(origin string) error {
	target, err := url.Parse(origin)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	p := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	return http.Serve(l, p)
}

func (b *bench) startGridwall() (err error) {
	source := fmt.Sprintf("kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = \"http://%s%slive.m3u8\"\ntitle = \"Feed\"\n", b.origin.address, b.origin.prefix)
	g, err := b.serve("gridwall", source, "")
	if err != nil {
		return err
	}
	ids, err := g.ids(1)
	if err != nil {
		return err
	}
	b.gridwall = &contender{name: "Gridwall", address: g.address, pid: g.pid, prefix: "/hls/" + ids[0] + "/main/"}
	return nil
}

// program is a running gridwall serve.
type program struct{ *contender }

// serve starts the Gridwall program with one source file.
func (b *bench) serve(name, source, config string) (*program, error) {
	home := filepath.Join(b.dir, name+"-home")
	if err := os.MkdirAll(filepath.Join(home, "sources"), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(home, "sources", "origin.toml"), []byte(source), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte("[[schedule]]\nkind = \"demo\"\n"+config), 0o600); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.program, "serve", "--listen", address, "--config", home, "--data", home)
	cmd.Stderr = os.Stderr
	c, err := b.start(name, address, cmd)
	return &program{c}, err
}

// ids waits until the program lists n streams, and returns their ids.
func (p *program) ids(n int) (ids []string, err error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get("http://" + p.address + "/api/v1/streams?all=1")
		if err != nil {
			return nil, err
		}
		var got struct {
			Streams []struct{ ID, Title string }
		}
		err = json.NewDecoder(resp.Body).Decode(&got)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		if len(got.Streams) == n {
			for _, s := range got.Streams {
				ids = append(ids, s.ID)
			}
			return ids, nil
		}
	}
	return nil, fmt.Errorf("the program does not list %d streams", n)
}
