package token

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzGrammar reads expiry, identity and redaction of one URL: none may fail, and they must be consistent.
func FuzzGrammar(f *testing.F) {
	for _, v := range vectors(someValues) {
		f.Add(v.url)
	}
	for _, tc := range urlCases() {
		f.Add(tc.url)
	}
	for _, u := range append(decoys, refused...) {
		f.Add(u)
	}
	for _, u := range []string{
		"http://me:p%zz@cdn.test/a", "http://me:p/w@cdn.test/a", "socks5://me:pw@127.0.0.1:1080", "http://tv.test/live/user/pass/123.ts",
		"https://proxy.test/https://cdn.test/a?t=1", "https://proxy.test/https%3A%2F%2Fcdn.test%2Fa%3Ft%3D1/x", "a://b://c://d://e://f://g", "//@:@/:@//", "https://h/;;;=;exp=1780000000",
	} {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, u string) {
		life, ok := URL(u)
		checkLife(t, life, ok)
		host, _, _, ok := Identity(u)
		_, _, _, like := Likeness(u)
		require.Equal(t, ok, like)
		shown := Redact(u)
		require.Equal(t, shown, Redact(shown), "redacting twice is the same as once")
		require.LessOrEqual(t, strings.Count(shown, "?"), strings.Count(u, "?")+strings.Count(strings.ToLower(u), "%3f"), shown)
		require.True(t, utf8.ValidString(shown) || !utf8.ValidString(u))
		if ok && !strings.ContainsAny(u, `@\`) {
			require.Contains(t, strings.ToLower(shown), host, "the host stays")
		}
	})
}

func TestARedactedURLContainsNoTokenValue(t *testing.T) {
	for _, v := range []values{someValues, otherValues} {
		for _, tc := range vectors(v) {
			shown := Redact(tc.url)
			for _, secret := range tc.secrets {
				assert.NotContains(t, shown, secret, "%s: %s", tc.name, tc.url)
			}
			assert.True(t, strings.HasPrefix(shown, "https://"+tc.host), shown)
			assert.Equal(t, shown, Redact(shown), tc.name)
			last := tc.path[strings.LastIndexByte(tc.path, '/'):]
			assert.Contains(t, shown, last, "the name of the playlist stays")
		}
	}
	for _, tc := range urlCases() {
		shown := Redact(tc.url)
		for _, part := range []string{md5hex, md5b64, sha1, sha256, "eyJ", "1780000000", hexEnd, hexBegin} {
			assert.NotContains(t, shown, part, tc.name)
		}
	}
}

// The cost of a hostile URL grows with its length. Allocations are counted, because times are unreliable.
func TestHostileURLsCostNoMoreThanTheirLength(t *testing.T) {
	for name, unit := range map[string]string{
		"acl without hmac": "exp=1~acl=/", "slashes": "/", "parameters": "a=b&", "matrix": ";exp=1", "escapes": "%25", "pairs": "expires/1780000000/", "hashes": md5hex + "/",
		"urls": "a://", "at": "@:", "tildes": "~=", "json": "{", "times": "1780000000/", "query": "token=eyJh&", "quotes": `"`, "unix list": "a=1780000000~",
	} {
		for _, front := range []string{"https://cdn.test/", "https://cdn.test/a?", "https://cdn.test/a?token=", "https://cdn.test/a?Policy=" + b64url(`{"a":`), ""} {
			cost := func(n int) float64 {
				u := front + strings.Repeat(unit, n/len(unit))
				return testing.AllocsPerRun(1, func() { URL(u); Identity(u); Likeness(u); Redact(u) })
			}
			few, many := cost(3000), cost(12000)
			assert.Less(t, many, 6*max(few, 64), "%s behind %s", name, front)
		}
	}
}
