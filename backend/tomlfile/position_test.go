package tomlfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = "\ufeff# a comment\n" + `title = "x"
headers.Cookie = "a"
hosts = ["one", # first
  "two", 3]

[server]
listen = { host = "h",
  port = 1 }

[[stream]]
url = "u0"
[[stream]]
url = "u1"
[stream.headers]
A = "b"
[[stream.part]]
n = 1
`

func TestEveryKeyHasItsPosition(t *testing.T) {
	d, err := Parse([]byte(sample))
	require.NoError(t, err)
	for path, want := range map[string][2]int{
		"title": {2, 1}, "headers": {3, 1}, "headers.Cookie": {3, 9}, "hosts": {4, 1}, "hosts.0": {4, 10}, "hosts.1": {5, 3}, "hosts.2": {4, 1},
		"server": {7, 2}, "server.listen": {8, 1}, "server.listen.host": {8, 12}, "server.listen.port": {9, 3},
		"stream": {11, 3}, "stream.0": {11, 3}, "stream.0.url": {12, 1}, "stream.1": {13, 3}, "stream.1.url": {14, 1},
		"stream.1.headers": {15, 9}, "stream.1.headers.A": {16, 1}, "stream.1.part.0": {17, 10}, "stream.1.part.0.n": {18, 1},
		"server.token": {7, 2}, "stream.1.headers.B.c": {15, 9}, "nowhere": {0, 0}, "": {0, 0},
	} {
		p := d.At(path)
		assert.Equal(t, want, [2]int{p.Line, p.Column}, path)
	}
}

func TestErrorsFollowTheOrderOfTheFileAndSuggestAKey(t *testing.T) {
	d, err := Parse([]byte(sample))
	require.NoError(t, err)
	r := NewReader(d.Positions)
	r.Fail("stream.1.url", "second")
	r.Unknown("server", "listne", []string{"listen", "token"}, "")
	r.Unknown("", "zz", []string{"b", "a"}, "")
	r.Unknown("", "path", []string{"url"}, `; did you mean "url"?`)
	r.Unknown("", strings.Repeat("k", 100), make([]string, 20), "")
	assert.Equal(t, "second", r.First().Msg)
	var got []string
	for _, e := range r.Errors() {
		got = append(got, e.Error())
	}
	assert.Equal(t, []string{
		`unknown key "` + strings.Repeat("k", 80) + `…"`, `unknown key "path"; did you mean "url"?`, `unknown key "zz"; known here are "a", "b"`,
		`line 7: unknown key "listne"; did you mean "listen"?`, "line 14: second",
	}, got)
	assert.Equal(t, []string{"headers", "hosts", "server"}, r.UnknownKeys("", d.Values, []string{"title", "stream"}))
}

func TestTheKeyMeantByAMisspeltOneIsSuggested(t *testing.T) {
	known := []string{"url", "match", "listen", "trusted_hosts"}
	for word, want := range map[string]string{"ulr": "url", "URL": "url", "macth": "match", "lsiten": "listen", "trusted_host": "trusted_hosts", "wombat": "", "x": "", strings.Repeat("url", 20): ""} {
		assert.Equal(t, want, Nearest(word, known), word)
	}
}

func TestAFileThatIsNotTOMLIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]Error{
		"a = 1\nb =\n":         {Line: 2, Column: 4},
		"a = 1\na = 2\n":       {Line: 2, Column: 1},
		"\ufeffa = \"\xff\"\n": {Line: 1, Column: 6},
	} {
		_, err := Parse([]byte(text))
		var e *Error
		require.ErrorAs(t, err, &e, text)
		assert.Equal(t, [2]int{want.Line, want.Column}, [2]int{e.Line, e.Column}, text)
		assert.NotContains(t, e.Msg, "\n")
		assert.False(t, e.Limit)
	}
}

// The paths recorded for nested lists stay short.
func TestTheMemoryForNestedListsIsBounded(t *testing.T) {
	deep := []byte("a = " + strings.Repeat("[", 2000) + "\"x\"" + strings.Repeat("]", 2000) + "\n")
	d, err := Parse(deep)
	if err != nil {
		return // the parser's own limit
	}
	for path := range d.Positions {
		assert.LessOrEqual(t, depth(path), maxDepth)
	}
}

// Parse must not panic, and every position is within the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("a = [[{b = \"c\"}, [\"\"\"\nd\"\"\"]]]\n\"x.y\".z = 1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(text)
		lines := strings.Count(string(text), "\n") + 1
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			require.NotContains(t, e.Msg, "\n")
			require.LessOrEqual(t, e.Line, lines)
			return
		}
		for path, p := range d.Positions {
			require.Positive(t, p.Line, path)
			require.LessOrEqual(t, p.Line, lines, path)
			require.Positive(t, p.Column, path)
			line, column := p.Inside(p.raw, len(p.raw)/2)
			require.LessOrEqual(t, line, lines)
			require.Positive(t, column)
		}
	})
}
