package extract_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// elsewhere returns the address of the same server under another host name.
func elsewhere(address string) string {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	return "http://localhost:" + port
}

func TestTheHeadersOfASourceStayWithItsSite(t *testing.T) {
	var mu sync.Mutex
	received := map[string]string{}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		received[r.URL.Path] = fmt.Sprint(r.Header)
		mu.Unlock()
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, elsewhere("http://"+r.Host)+"/redirected", http.StatusFound)
		case "/denied":
			http.Error(w, "no", http.StatusForbidden)
		}
	})
	headers := map[string]string{"Authorization": "SECRET", "Cookie": "a=SECRET", "X-Api-Key": "SECRET", "Referer": "https://club.example/SECRET", "User-Agent": "Box/1.0"}
	site := newSite(t, source.Source{URL: url + "/", Headers: headers}, extract.Limits{})
	_, err := site.Get(t.Context(), url+"/here?token=SECRET")
	require.NoError(t, err)
	_, err = site.Get(t.Context(), url+"/away?token=SECRET")
	require.NoError(t, err)
	_, err = site.GetFrom(t.Context(), elsewhere(url)+"/frame", url+"/page?token=SECRET")
	require.NoError(t, err)
	_, err = site.Get(t.Context(), elsewhere(url)+"/denied")
	require.ErrorContains(t, err, `add stream_hosts = ["localhost"] to the source`)
	assert.Equal(t, 4, strings.Count(received["/here"], "SECRET"))
	for _, path := range []string{"/redirected", "/frame", "/denied"} {
		assert.NotContains(t, received[path], "SECRET", path)
		assert.Contains(t, received[path], "Box/1.0")
	}
	assert.NotContains(t, received["/redirected"], "Referer")
	assert.Contains(t, received["/frame"], "Referer:["+url+"/]", "only the origin, as browsers send it")

	site = newSite(t, source.Source{URL: url + "/", Headers: headers, StreamHosts: []string{"localhost"}}, extract.Limits{})
	_, err = site.Get(t.Context(), url+"/away")
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(received["/redirected"], "SECRET"))
}

func TestSloppyAddressesAreFetchedAsBrowsersDo(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/go" {
			w.Header()["Location"] = []string{"/to/a:b Große%.m3u?q=a b&t=%2B/~"}
			w.WriteHeader(http.StatusFound)
			return
		}
		fmt.Fprint(w, r.RequestURI)
	})
	for address, want := range map[string]string{
		url + "/live.m3u8?event=Grand Prix&token=a%2Bb":         "/live.m3u8?event=Grand%20Prix&token=a%2Bb",
		"  " + url + "/Großer Preis \t":                         "/Gro%C3%9Fer%20Preis",
		`http:\\` + strings.TrimPrefix(url, "http://") + `\a\b`: "/a/b",
		"HTTP://" + strings.TrimPrefix(url, "http://") + "/x#y": "/x",
		url + "/go": "/to/a:b%20Gro%C3%9Fe%25.m3u?q=a%20b&t=%2B/~",
	} {
		page, err := newSite(t, source.Source{}, extract.Limits{}).Get(t.Context(), address)
		require.NoError(t, err, address)
		assert.Equal(t, want, string(page.Body), address)
	}
}

func TestAListIsUnpackedWhateverItsHeaderClaims(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("#EXTM3U"))
	require.NoError(t, z.Close())
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := []byte("#EXTM3U")
		if r.URL.Query().Has("packed") {
			body = packed.Bytes()
		}
		if says := r.URL.Query().Get("says"); says != "" {
			w.Header().Set("Content-Encoding", says)
		}
		_, _ = w.Write(body)
	})
	for _, query := range []string{"", "?packed", "?says=gzip", "?says=gzip&packed", "?says=br", "?says=x-gzip&packed", "?says=deflate", "?says=br&packed"} {
		page, err := newSite(t, source.Source{}, extract.Limits{}).Get(t.Context(), url+"/"+query)
		require.NoError(t, err, query)
		assert.Equal(t, "#EXTM3U", string(page.Body), query)
	}
}
