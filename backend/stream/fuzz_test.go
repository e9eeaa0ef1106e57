package stream

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzRedactText(f *testing.F) {
	for _, s := range []string{
		`Get "https://me:pw@cdn.test/a?t=1": EOF, and http://b.test/c?t=2.`, `{"url":"https:\/\/cdn.test\/a?t=1"}`, "https%253A%252F%252Fcdn.test%252Fa", "[World](https://a.test/x?y=z)",
		"Authorization: Bearer abcdefgh1234", "Cookie: a=1; b=2", "socks5://me:p%zz@h", "https://cdn.test/exp=1700000000~acl=/*~hmac=ab/a.m3u8", "x?token=a?b=c=d", "http://[::1]]", "a://b://c%3A%2F%2Fd?e",
		"hdnts=exp=1~hmac=2 token: \"x\"", "/a?=b?c=d", "1080p=token=abc",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := RedactText(s)
		require.Equal(t, once, RedactText(once), "redacting twice is the same as once: %q", s)
	})
}
