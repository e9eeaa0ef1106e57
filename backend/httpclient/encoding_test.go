package httpclient

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func packed(t testing.TB, how string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "deflate":
		var err error
		w, err = flate.NewWriter(&b, 6)
		require.NoError(t, err)
	case "br":
		w = brotli.NewWriter(&b)
	}
	_, err := w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func unpacked(claims []string, text bool, body []byte) ([]byte, error) {
	return io.ReadAll(&decoded{Closer: io.NopCloser(nil), src: bytes.NewReader(body), claims: codings(claims), text: text})
}

func TestTheBytesDecideOverContentEncoding(t *testing.T) {
	list := []byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + strings.Repeat("#EXTINF:4,\nseg.ts\n", 100))
	ts := bytes.Repeat(append([]byte{0x47, 0x40, 0x11, 0x10}, make([]byte, 184)...), 10)
	gz := packed(t, "gzip", list)
	for name, c := range map[string]struct {
		claims     []string
		text       bool
		body, want []byte
	}{
		"plain":                          {nil, true, list, list},
		"gzip":                           {[]string{"gzip"}, true, gz, list},
		"x-gzip":                         {[]string{"X-GZip"}, true, gz, list},
		"gzip that is plain":             {[]string{"gzip"}, true, list, list},
		"gzip without a header":          {nil, true, gz, list},
		"gzip twice, told once":          {[]string{"gzip"}, true, packed(t, "gzip", gz), list},
		"gzip twice, told twice":         {[]string{"gzip, gzip"}, true, packed(t, "gzip", gz), list},
		"gzip once, told twice":          {[]string{"gzip", "gzip"}, true, gz, list},
		"gzip and br":                    {[]string{"gzip, br"}, true, packed(t, "br", gz), list},
		"br that is gzip":                {[]string{"br"}, true, gz, list},
		"deflate of zlib":                {[]string{"deflate"}, true, packed(t, "zlib", list), list},
		"deflate, raw":                   {[]string{"deflate"}, true, packed(t, "deflate", list), list},
		"deflate that is plain":          {[]string{"deflate"}, true, list, list},
		"br":                             {[]string{"br"}, true, packed(t, "br", list), list},
		"br that is plain":               {[]string{"br"}, true, list, list},
		"identity":                       {[]string{"identity"}, true, list, list},
		"a charset":                      {[]string{"utf-8"}, true, list, list},
		"zstd that is plain":             {[]string{"zstd"}, true, list, list},
		"two members":                    {[]string{"gzip"}, true, append(bytes.Clone(gz), gz...), append(bytes.Clone(list), list...)},
		"garbage behind":                 {[]string{"gzip"}, true, append(bytes.Clone(gz), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), list},
		"empty":                          {[]string{"gzip"}, true, nil, []byte{}},
		"empty, br":                      {[]string{"br"}, true, nil, []byte{}},
		"empty, no claim":                {nil, true, nil, []byte{}},
		"one byte":                       {[]string{"gzip"}, true, []byte("x"), []byte("x")},
		"a segment in gzip":              {[]string{"gzip"}, false, packed(t, "gzip", ts), ts},
		"a segment that is only said so": {[]string{"gzip"}, false, ts, ts},
		"a segment, br":                  {[]string{"br"}, false, ts, ts},
		"media that begins like gzip":    {nil, false, gz, gz},
		"a key, gzip":                    {[]string{"gzip"}, false, []byte("0123456789abcdef"), []byte("0123456789abcdef")},
		"with a byte order mark":         {[]string{"br"}, true, append([]byte("\xef\xbb\xbf"), list...), append([]byte("\xef\xbb\xbf"), list...)},
	} {
		got, err := unpacked(c.claims, c.text, c.body)
		assert.NoError(t, err, name)
		assert.True(t, bytes.Equal(c.want, got), "%s: %d bytes, want %d", name, len(got), len(c.want))
	}
}

func TestATruncatedBodyIsAnError(t *testing.T) {
	list := bytes.Repeat([]byte("#EXTINF:4,\nseg.ts\n"), 1000)
	for _, how := range []string{"gzip", "zlib", "deflate", "br"} {
		claim := map[string]string{"gzip": "gzip", "zlib": "deflate", "deflate": "deflate", "br": "br"}[how]
		body := packed(t, how, list)
		_, err := unpacked([]string{claim}, true, body[:len(body)/2])
		assert.Error(t, err, how)
	}
	_, err := unpacked([]string{"zstd"}, true, []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0})
	assert.ErrorContains(t, err, "zstd")
	_, err = unpacked([]string{"gzip,gzip,gzip,gzip"}, true, list)
	assert.ErrorIs(t, err, ErrEncoding)
}

func TestDecompressionIsBounded(t *testing.T) {
	// Members that unpack to nothing, which themselves are packed a thousand times smaller.
	empty := packed(t, "gzip", bytes.Repeat(packed(t, "gzip", nil), maxMembers+1))
	_, err := unpacked([]string{"gzip"}, true, empty)
	assert.ErrorContains(t, err, "members")
	// Between two codings more than any body has.
	stored := func(body []byte) []byte {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
		_, _ = w.Write(body)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	twice := stored(stored(make([]byte, maxBetween+1<<20)))
	n, err := io.Copy(io.Discard, &decoded{src: bytes.NewReader(twice), text: true})
	assert.ErrorIs(t, err, ErrEncoding)
	assert.LessOrEqual(t, n, int64(maxBetween+(8<<10)))
	// What comes out last is the caller's to bound: nothing is unpacked ahead of it.
	zeros := packed(t, "gzip", make([]byte, 8<<20))
	src := bytes.NewReader(zeros)
	_, err = io.CopyN(io.Discard, &decoded{src: src, claims: []string{"gzip"}, text: true}, 1024)
	require.NoError(t, err)
	assert.NotZero(t, src.Len())
}

func FuzzEncoding(f *testing.F) {
	list := []byte("#EXTM3U\n#EXTINF:4,\na.ts\n")
	for _, claim := range []string{"", "gzip", "deflate", "br", "gzip, br", "identity", "x-gzip,deflate"} {
		f.Add(claim, list, true)
		for _, how := range []string{"gzip", "zlib", "deflate", "br"} {
			f.Add(claim, packed(f, how, list), true)
			f.Add(claim, packed(f, how, list), false)
		}
	}
	f.Fuzz(func(t *testing.T, claim string, body []byte, text bool) {
		d := &decoded{Closer: io.NopCloser(nil), src: bytes.NewReader(body), claims: codings([]string{claim}), text: text}
		got, err := io.ReadAll(io.LimitReader(d, 1<<20))
		if len(d.claims) == 0 && !text && (err != nil || !bytes.Equal(got, body)) {
			t.Fatal("a plain body was changed")
		}
		if len(d.claims) == 0 && !isGzip(body) && (err != nil || !bytes.Equal(got, body)) {
			t.Fatal("a text was changed")
		}
	})
}
