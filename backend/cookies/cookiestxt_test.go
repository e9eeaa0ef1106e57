package cookies

import (
	"fmt"
	"gridwall/backend/weburl"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACookieFileIsReadAsOtherToolsWriteItAndSentByteForByte(t *testing.T) {
	future := time.Now().Add(time.Hour).Unix()
	text := "\xef\xbb\xbf# Netscape HTTP Cookie File\r\n# https://curl.se/docs/http-cookies.html\r\n\r\n" +
		".a.example\tTRUE\t/\tFALSE\t0\thdntl\t\"exp=1893456000~acl=/*\\054/live~hmac=ab\"\r\n" +
		"#HttpOnly_.a.example\tTRUE\t/\tTRUE\t-1\tjson\t{\"id\":\"a1\", \"t\":2}\r\n" +
		"a.example\tFALSE\t/\tFALSE\t\thost\ta,b c=d==\n" +
		"a.example\tTRUE\t/\tfalse\t" + fmt.Sprint(future) + ".75\tfraction\t1\n" +
		".a.example\tTRUE\t/\tFALSE\t" + fmt.Sprint(future*1000) + "\tms\t1\n" +
		".a.example\tTRUE\t/\tFALSE\t" + fmt.Sprint((future+11644473600)*1_000_000) + "\tchrome\t1\n" +
		".a.example\tTRUE\t/\tFALSE\t1000\told\tgone\n" +
		".a.example\tTRUE\t/\tFALSE\t1000000000000\told2\tgone\n" +
		"  # an indented remark\n" +
		".a.example\tTRUE\t/live\tFALSE\t99999999999\tx[0]\t\xe4%2C\\x\n" +
		"#HttpOnly_127.0.0.1\tFALSE\t/\tTRUE\t0\tlocal\tyes\n" +
		".b.example\tTRUE\t/\tFALSE\t0\tempty"
	path := filepath.Join(t.TempDir(), "cookies.txt")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	jar, err := Load(path, time.Now())
	require.NoError(t, err)
	for address, want := range map[string]string{
		"https://a.example/":        `hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"; json={"id":"a1", "t":2}; host=a,b c=d==; fraction=1; ms=1; chrome=1`,
		"http://b.a.example/live/w": "x[0]=\xe4%2C\\x; " + `hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"; fraction=1; ms=1; chrome=1`,
		"http://127.0.0.1:8080/":    "local=yes",
		"http://b.example/":         "empty=",
		"http://xa.example/":        "",
	} {
		u, err := weburl.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, jar.Header(u, ""), address)
	}
}

func TestACookieThatHasExpiredIsNotSent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	now := time.Now()
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, ".a.test\tTRUE\t/\tTRUE\t%d\tsid\tabc\n", now.Add(time.Hour).Unix()), 0o600))
	u := &url.URL{Scheme: "https", Host: "live.a.test", Path: "/"}
	jar, err := Load(path, now)
	require.NoError(t, err)
	assert.Len(t, jar.Cookies(u), 1)
	assert.Empty(t, jar.Cookies(&url.URL{Scheme: "http", Host: "live.a.test", Path: "/"}), "a secure cookie")
	assert.Empty(t, jar.Cookies(&url.URL{Scheme: "https", Host: "b.test", Path: "/"}))
	jar, err = Load(path, now.Add(2*time.Hour))
	require.NoError(t, err)
	assert.Empty(t, jar.Cookies(u))
}

func FuzzCookieFiles(f *testing.F) {
	f.Add([]byte("# Netscape HTTP Cookie File\n.a.test\tTRUE\t/\tTRUE\t1893456000.5\tsid\tabc\r\n#HttpOnly_b.test\tFALSE\t/x\tFALSE\t0\tq\t\n"))
	f.Add([]byte("127.0.0.1\tFALSE\t\tFALSE\t\ta\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		cookies, err := Parse(text)
		if err != nil {
			return
		}
		for _, c := range cookies {
			assert.NotEmpty(t, c.Domain)
			assert.NotEmpty(t, c.Name)
			assert.True(t, strings.HasPrefix(c.Path, "/"))
			assert.NotContains(t, c.Name+c.Value+c.Domain, "\n")
		}
	})
}

func TestAFileJarFollowsItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	written := time.Now().Add(-time.Hour)
	write := func(value string) {
		written = written.Add(time.Second)
		require.NoError(t, os.WriteFile(path, []byte("a.test\tFALSE\t/\tFALSE\t0\tlogin\t"+value+"\n"), 0o600))
		require.NoError(t, os.Chtimes(path, written, written))
	}
	u := &url.URL{Scheme: "http", Host: "a.test", Path: "/"}
	write("old")
	f, err := OpenFile(path, 1)
	require.NoError(t, err)
	jar, changed, err := f.Jar(path, 2)
	require.NoError(t, err)
	assert.False(t, changed, "a file that has not changed is not read again")
	assert.Equal(t, "login=old", jar.Header(u, ""))
	write("no\x01value")
	jar, changed, err = f.Jar(path, 3)
	assert.ErrorContains(t, err, "line 1")
	assert.False(t, changed)
	assert.Equal(t, "login=old", jar.Header(u, ""), "an unreadable file leaves the cookies as they were")
	_, _, err = f.Jar(path, 4)
	assert.NoError(t, err, "and is reported once")
	write("new")
	jar, changed, err = f.Jar(path, 5)
	require.NoError(t, err)
	assert.True(t, changed)
	assert.Equal(t, "login=new", jar.Header(u, ""))
	require.NoError(t, os.Remove(path))
	jar, changed, err = f.Jar(path, 6)
	require.NoError(t, err)
	assert.False(t, changed)
	assert.Equal(t, "login=new", jar.Header(u, ""), "nor does a missing one")
	_, err = OpenFile(path, 1)
	assert.Error(t, err)
}
