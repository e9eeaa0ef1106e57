package extract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/httpclient"
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
	jar, err := extract.CookieJar(path, time.Now())
	require.NoError(t, err)
	for address, want := range map[string]string{
		"https://a.example/":        `hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"; json={"id":"a1", "t":2}; host=a,b c=d==; fraction=1; ms=1; chrome=1`,
		"http://b.a.example/live/w": "x[0]=\xe4%2C\\x; " + `hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"; fraction=1; ms=1; chrome=1`,
		"http://127.0.0.1:8080/":    "local=yes",
		"http://b.example/":         "empty=",
		"http://xa.example/":        "",
	} {
		u, err := httpclient.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, jar.Header(u, ""), address)
	}
}
