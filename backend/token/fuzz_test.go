package token

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzURL(f *testing.F) {
	for _, tc := range urlCases() {
		f.Add(tc.url)
	}
	for _, u := range refused {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, u string) {
		life, ok := URL(u)
		checkLife(t, life, ok)
		host, path, query, ok := Identity(u)
		if !ok {
			require.Empty(t, host+path+query)
			return
		}
		require.NotEmpty(t, host)
		require.Equal(t, strings.ToLower(host), host)
		require.True(t, strings.HasPrefix(path, "/"), path)
		for p := range strings.SplitSeq(query, "&") {
			require.True(t, query == "" || p != "")
		}
		host2, path2, query2, ok2 := Identity(u)
		require.Equal(t, [4]any{host, path, query, ok}, [4]any{host2, path2, query2, ok2})
	})
}

func FuzzCookie(f *testing.F) {
	f.Add("hdntl", "exp=1780000000~acl=/*~hmac=ab")
	f.Add("CloudFront-Policy", cloudfrontB64(policyJSON))
	f.Add("Edge-Cache-Cookie", "URLPrefix=aHR0cA:Expires=1780000000:KeyName=k:Signature=x")
	f.Add("token", "1780000000_"+sha1)
	f.Add("x", `{"expires":1780000000,"a":[{"b":"c\"d"}]}`)
	f.Fuzz(func(t *testing.T, name, value string) {
		life, ok := Cookie(name, value)
		checkLife(t, life, ok)
		IsParam(name, value)
	})
}

func checkLife(t *testing.T, life Life, ok bool) {
	if !ok {
		require.Zero(t, life)
		return
	}
	require.NotEmpty(t, life.Format)
	require.False(t, life.Ends.IsZero() && life.Issued.IsZero())
	if !life.Ends.IsZero() {
		require.True(t, plausible(life.Ends.Unix()), life.Ends)
	}
	if !life.Issued.IsZero() {
		require.True(t, plausible(life.Issued.Unix()), life.Issued)
	}
}
