package source_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

func TestDisablingASourceChangesOnlyItsOwnLine(t *testing.T) {
	const off, on = false, true
	for name, tc := range map[string]struct {
		enable   bool
		in, want string
	}{
		"an existing line":           {off, "kind = \"demo\"\nenabled = true\n", "kind = \"demo\"\nenabled = false\n"},
		"back on":                    {on, "enabled = false\nkind = \"demo\"\n", "enabled = true\nkind = \"demo\"\n"},
		"with a comment":             {off, "enabled   =\ttrue # mine\nkind=\"demo\"", "enabled   =\tfalse # mine\nkind=\"demo\""},
		"a quoted key":               {off, "\"enabled\" = true\nkind = \"demo\"\n", "\"enabled\" = false\nkind = \"demo\"\n"},
		"without a line":             {off, "kind = \"demo\"\n", "enabled = false\nkind = \"demo\"\n"},
		"on without a line":          {on, "kind = \"demo\"\n", "kind = \"demo\"\n"},
		"off already":                {off, "kind = \"demo\"\nenabled=false", "kind = \"demo\"\nenabled=false"},
		"below a comment at the top": {off, "# Mine.\n\nkind = \"demo\" # it\n", "# Mine.\n\nenabled = false\nkind = \"demo\" # it\n"},
		"before tables":              {off, "kind = \"demo\"\n\n# for the CDN\n[stream_headers]\nenabled = \"x\"\n", "enabled = false\nkind = \"demo\"\n\n# for the CDN\n[stream_headers]\nenabled = \"x\"\n"},
		"Windows":                    {off, "\xef\xbb\xbf# Mine.\r\nkind = \"demo\"\r\n", "\xef\xbb\xbf# Mine.\r\nenabled = false\r\nkind = \"demo\"\r\n"},
		"a mark and a line":          {off, "\xef\xbb\xbfenabled = true\nkind = \"demo\"", "\xef\xbb\xbfenabled = false\nkind = \"demo\""},
		"the word elsewhere":         {off, "name = \"\"\"\nenabled = true\n\"\"\"\nkind = \"demo\" # enabled = true\n", "enabled = false\nname = \"\"\"\nenabled = true\n\"\"\"\nkind = \"demo\" # enabled = true\n"},
		"an indented line":           {off, "  kind = \"demo\"\n  enabled = true\n", "  kind = \"demo\"\n  enabled = false\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.toml")
			require.NoError(t, os.WriteFile(path, []byte(tc.in), 0o640))
			d, err := source.Open(dir, nil)
			require.NoError(t, err)
			require.NoError(t, d.Enable("x", tc.enable))
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, tc.want, string(got))
			assert.Equal(t, tc.enable, d.All()[0].Source.Enabled, "at once, without waiting for the watcher")
			fi, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o640), fi.Mode().Perm())
		})
	}
}

func TestABrokenFileIsShownButNotChanged(t *testing.T) {
	for name, tc := range map[string]struct{ text, says string }{
		"not TOML":         {"kind = \n", "x.toml:1"},
		"an unknown key":   {"kind = \"demo\"\nenabeld = true\n", "x.toml:2:1: unknown key"}, // the line number before the change
		"not a boolean":    {"kind = \"demo\"\nenabled = \"true\"\n", "x.toml:2:1: enabled must be true or false"},
		"it is a table":    {"kind = \"demo\"\n[enabled]\na = 1\n", "enabled"},
		"it has keys":      {"kind = \"demo\"\nenabled.a = true\n", "enabled"},
		"an inline table":  {"kind = \"demo\"\nenabled = {a = true}\n", "x.toml:2:1: enabled must be true or false"},
		"nothing at all":   {"", "kind is missing"},
		"a comment alone":  {"# soon", "kind is missing"},
		"twice":            {"enabled = true\nenabled = true\nkind = \"demo\"\n", "x.toml"},
		"an invalid key":   {"kind = \"demo\"\nkey = \"X\"\n", "x.toml:2"},
		"not TOML further": {"kind = \"demo\"\nenabled = true\n[a\n", "x.toml:3"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.toml")
			require.NoError(t, os.WriteFile(path, []byte(tc.text), 0o600))
			d, err := source.Open(dir, nil)
			require.NoError(t, err)
			text, err := d.Text("x")
			require.NoError(t, err)
			assert.Equal(t, tc.text, string(text), "the text is needed to fix it")
			err = d.Enable("x", false)
			var fault *source.Error
			if assert.ErrorAs(t, err, &fault) {
				assert.ErrorContains(t, err, tc.says)
			}
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, tc.text, string(got), "a broken file is not written")
		})
	}
}

func TestTextIsReadFromDiskAndABuiltInSourceHasNone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.toml")
	require.NoError(t, os.WriteFile(path, []byte("kind = \"demo\"\n"), 0o600))
	d, err := source.Open(dir, nil, source.Source{Key: "demo", Kind: "demo", Enabled: true})
	require.NoError(t, err)
	// The folder is not watched here.
	require.NoError(t, os.WriteFile(path, []byte("kind = \"demo\" # new\n"), 0o600))
	text, err := d.Text("x")
	require.NoError(t, err)
	assert.Equal(t, "kind = \"demo\" # new\n", string(text))
	require.NoError(t, d.Enable("x", false))
	text, err = d.Text("x")
	require.NoError(t, err)
	assert.Equal(t, "enabled = false\nkind = \"demo\" # new\n", string(text), "the current file is changed")

	_, err = d.Text("demo")
	assert.ErrorIs(t, err, source.ErrBuiltin)
	assert.ErrorIs(t, d.Enable("demo", false), source.ErrBuiltin)
	_, err = d.Text("nope")
	assert.ErrorIs(t, err, stream.ErrUnknownSource)
	assert.ErrorIs(t, d.Enable("nope", true), stream.ErrUnknownSource)

	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("#"), source.MaxFile+1), 0o600))
	_, err = d.Text("x")
	assert.ErrorContains(t, err, "larger")
	require.NoError(t, os.Remove(path))
	_, err = d.Text("x")
	assert.ErrorContains(t, err, "cannot be read")
}

func TestTheDemoSourceMayReachThisMachine(t *testing.T) {
	s, err := source.Parse("demo.toml", []byte("name = \"Demo\"\nkind = \"demo\"\n"), nil)
	require.NoError(t, err)
	assert.True(t, s.AllowPrivate)
}

// FuzzSetEnabled checks that the edited file has the requested value and is otherwise unchanged.
func FuzzSetEnabled(f *testing.F) {
	for _, s := range []string{
		"", "enabled = true", "a = [\n1, # x\n2]\nenabled=true\n[t]\nenabled = 1", "\"enabled\" = false", "'enabled' = false # x",
		"\xef\xbb\xbfenabled = true", "# c\r\nkind = \"demo\"\r\n", "[[stream]]\nenabled = true", "x = {enabled = true}\n", "enabled.a = 1",
		"a = \"\"\"\nenabled = true\n\"\"\"\n", "\n\n  b.c = 1979-05-27 # d\n", "enabled = true\n\xef\xbb\xbf",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, enabled bool) {
		kept := bytes.Clone(text)
		out, err := source.SetEnabled("x.toml", text, enabled)
		assert.Equal(t, kept, text, "the input is not modified")
		if err != nil {
			return
		}
		before, after := values(t, text), values(t, out)
		got, there := after["enabled"]
		if there || !enabled {
			assert.Equal(t, enabled, got)
		}
		delete(before, "enabled")
		delete(after, "enabled")
		// Compared as text, because NaN is not equal to itself.
		a, err := toml.Marshal(before)
		require.NoError(t, err)
		b, err := toml.Marshal(after)
		require.NoError(t, err)
		assert.Equal(t, string(a), string(b))
		again, err := source.SetEnabled("x.toml", out, enabled)
		require.NoError(t, err)
		assert.Equal(t, string(out), string(again), "doing it twice changes nothing")
		assert.LessOrEqual(t, len(out)-len(text), len("enabled = false\r\n"))
	})
}

func values(t *testing.T, text []byte) map[string]any {
	out := map[string]any{}
	require.NoError(t, toml.Unmarshal(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), &out), "%q", text)
	return out
}
