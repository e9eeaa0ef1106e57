package hls

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

// rewrite renders a playlist of either kind with the names that the tests give.
func rewrite(t *testing.T, body []byte, s Shift) string {
	t.Helper()
	if Sniff(body) == KindMultivariant {
		m, err := ParseMultivariant(body, Env{})
		require.NoError(t, err)
		names := make([]string, len(m.Renditions))
		for i, r := range m.Renditions {
			names[i] = fmt.Sprintf("%s-%d", strings.ToLower(string(r.Kind)), i)
		}
		return string(m.Render(nil, &multiNamer{names: names}))
	}
	m, err := ParseMedia(body, testEnv)
	require.NoError(t, err)
	return rendered(m, s)
}

func readShift(t *testing.T, path string) (s Shift) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return s
	}
	for f := range strings.FieldsSeq(string(text)) {
		key, value, _ := strings.Cut(f, "=")
		for v := range strings.SplitSeq(value, ",") {
			n, err := strconv.Atoi(v)
			require.NoError(t, err)
			switch key {
			case "msn":
				s.MSN = int64(n)
			case "disc":
				s.Discontinuity = int64(n)
			case "breaks":
				s.Breaks = append(s.Breaks, n)
			}
		}
	}
	return s
}

func TestGoldenPlaylistsKeepEverythingButAddresses(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.m3u8")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		base := strings.TrimSuffix(file, ".m3u8")
		t.Run(filepath.Base(base), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			got := rewrite(t, body, readShift(t, base+".shift"))
			assert.NotContains(t, got, "tok", "an upstream address got through")
			assert.NotContains(t, got, "leak.test")
			assert.Equal(t, got, rewrite(t, body, readShift(t, base+".shift")), "rendering is not repeatable")
			if *update {
				require.NoError(t, os.WriteFile(base+".golden", []byte(got), 0o644))
			}
			want, err := os.ReadFile(base + ".golden")
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}
