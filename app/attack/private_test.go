package attack

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Withstood, and finding 17. Guards: backend/upstream (at the dial), and the schemes of backend/httpclient.
func TestNoSpellingOfAPrivateAddressIsDialled(t *testing.T) {
	var asked atomic.Int64
	site := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, "#EXTM3U\n#EXTINF:-1,Inside\nhttp://a.example/1.m3u8\n")
	})
	port := site[strings.LastIndexByte(site, ':'):]
	v := start(t, "", nil)
	try := func(kind, url string) reply {
		text := fmt.Sprintf("kind = %q\nurl = %q\n", kind, url)
		if kind == "json" {
			text += "query = \".[]\"\n"
		}
		if kind == "direct" {
			text = fmt.Sprintf("kind = \"direct\"\n[[stream]]\nurl = %q\n", url)
		}
		return v.do("POST", "/api/v1/sources/x/test", asJSON(t, map[string]string{"text": text}))
	}
	refused := 0
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "localhost", "LOCALHOST", "localhost.",
		"127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[::]", "0.0.0.0", "0",
		"127.0.0.１", "１２７.0.0.1", "127。0。0。1", "evil.example@127.0.0.1", "evil.example:80@127.0.0.1", "[fe80::1%25lo]",
		"10.0.0.1", "192.168.0.1", "172.16.0.1", "100.64.0.1", "169.254.169.254", "168.63.129.16", "[fd00::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255",
	} {
		for _, kind := range []string{"m3u", "json", "page"} {
			got := try(kind, "http://"+host+port+"/list.m3u")
			assert.True(t, got.status != http.StatusOK || !strings.Contains(got.body, `"error":null`), "%s: %s", host, got.body)
			assert.NotContains(t, got.body, "Inside", host)
			refused++
		}
	}
	for _, url := range []string{
		"file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "javascript:alert(1)", "jar:http://127.0.0.1!/x", "data:text/plain,x",
		"http://", "http:///etc/passwd", "//127.0.0.1/x", "unix:///run/x.sock", "ws://127.0.0.1/x",
	} {
		for _, kind := range []string{"json", "page", "direct"} {
			got := try(kind, url)
			assert.NotContains(t, got.body, "root:", url)
			assert.True(t, got.status != http.StatusOK || !strings.Contains(got.body, `"error":null`), "%s %s: %s", kind, url, got.body)
			refused++
		}
	}
	got := try("m3u", "http://168.63.129.16/list.m3u")
	assert.Contains(t, got.body, "cloud", "the address is refused without being dialled")
	assert.Zero(t, asked.Load(), "no private server was requested")
	report(t, "private addresses and other schemes, spelled: reached", "0 (withstood; Azure's reached)", fmt.Sprintf("%d of %d", asked.Load(), refused), "0")
}
