package hls

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func nameAsset(dst []byte, uri string, playlist bool) []byte {
	if playlist {
		return append(append(dst, "list-"...), uri[len(uri)-1])
	}
	return append(append(dst, "ours-"...), uri[len(uri)-1])
}

// An advertisement's addresses hold the viewer's token as much as the programme's do.
func TestAssetListsContainNoUpstreamAddress(t *testing.T) {
	in := ` { "ASSETS" : [ {"URI":"https:\/\/ads.test\/a?t=tok&u=1", "DURATION": 15.00, "X-NOTE":"a \"quoted\" URI: https://x"},
{"DURATION":1e1,"URI":"../b"} ], "SKIP-CONTROL":{"OFFSET":3}, "X-PINGS":["https://ping.test/c"], "URI-LIKE":"d", "URI":""}` + "\n"
	out, err := RewriteAssetList(nil, []byte(in), nameAsset)
	require.NoError(t, err)
	assert.Equal(t, ` { "ASSETS" : [ {"URI":"list-1", "DURATION": 15.00, "X-NOTE":"a \"quoted\" URI: https://x"},
{"DURATION":1e1,"URI":"list-b"} ], "SKIP-CONTROL":{"OFFSET":3}, "X-PINGS":["ours-c"], "URI-LIKE":"d", "URI":""}`+"\n", string(out))
	for _, bad := range []string{"", "[]", "<html>", `{"URI":"a`, `{"URI":"a"} x`, strings.Repeat(" ", MaxAssetList) + "{}"} {
		_, err := RewriteAssetList(nil, []byte(bad), nameAsset)
		assert.Error(t, err, "%.20q", bad)
	}
}

func FuzzAssetList(f *testing.F) {
	for _, s := range []string{`{"ASSETS":[{"URI":"https://h/a","DURATION":1}]}`, `{"URI":"\u0068ttp://h","a\"b":"//h"}`, "\xef\xbb\xbf{}", `{"a":{"URI":"x"},"b":["HTTPS://h",1,null]}`,
		`{"ASSETS":[{"URI":"http:\/\/h"},{"URI":"\\"}],"X":"//h"}`, `{"URI":{"URI":["https://h"]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := RewriteAssetList(nil, body, func(dst []byte, _ string, _ bool) []byte { return append(dst, "ours"...) })
		if err != nil {
			return
		}
		var v any
		if err := json.Unmarshal(out, &v); err != nil {
			t.Fatalf("%q became %q: %v", body, out, err)
		}
		var look func(v any)
		look = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				for k, x := range v {
					if s, ok := x.(string); ok && k == "URI" && s != "ours" && s != "" && !isInline(s) {
						t.Fatalf("%q leaks %q", body, s)
					}
					look(x)
				}
			case []any:
				for _, x := range v {
					look(x)
				}
			case string:
				if isAbsolute(v) {
					t.Fatalf("%q leaks %q", body, v)
				}
			}
		}
		look(v)
	})
}
