package tomlfile

import (
	"fmt"
	"strings"
	"testing"
)

func counted(part string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(part, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// At the maximum file size, each of these took half a minute or gigabytes.
func TestAFileWithTooManyKeysIsRefusedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"keys":                             {counted("k%d = 1\n", maxKeys+5), maxKeys + 1},
		"keys of a table":                  {"[a]\n" + counted("k%d = 1\n", maxKeys+5), maxKeys + 1},
		"tables":                           {counted("[k%d]\n", maxKeys+5), maxKeys + 1},
		"arrays of tables":                 {counted("[[k%d]]\n", maxKeys+5), maxKeys + 1},
		"an inline table":                  {"\na = {" + counted("k%d = 1, ", maxKeys+5) + "z = 1}\n", 2},
		"an inline table in a list":        {"\na = [{" + counted("k%d = 1, ", maxKeys+5) + "z = 1}]\n", 2},
		"tables between those of an array": {counted("[[k%d]]\n", 5) + strings.Repeat("[[k0]]\n"+counted("x%d = 1\n", 10)+"[[k1]]\n", 2) + counted("[[k0]]\n[y%d]\nz = 1\n", maxKeys), 0},
		"a long key":                       {"\n" + strings.Repeat("k", maxKeyLength+1) + " = 1\n", 2},
		"a long table":                     {"\n\n[" + strings.Repeat("k", maxKeyLength+1) + "]\na = 1\n", 3},
		"a long inner key":                 {"\na = [{b = {" + strings.Repeat("k", maxKeyLength+1) + " = 1}}]\n", 2},
		"tables beside many keys":          {counted("k%d = 1\n", maxKeys/2) + strings.Repeat("[[a]]\n", maxKeys), 0},
		"many parts":                       {"\na" + strings.Repeat(".a", maxKeyParts) + " = 1\n", 2},
		"a table of parts":                 {"\n[a" + strings.Repeat(".a", maxKeyParts) + "]\n", 2},
	} {
		line, err := checkKeys([]byte(c.text))
		if err == nil || c.line > 0 && line != c.line {
			t.Errorf("%s: line %d, %v; line %d", name, line, err, c.line)
		}
	}
}

func TestOrdinaryFilesPassTheKeyLimits(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                   "",
		"thousands of streams":      "kind = \"direct\"\n" + counted("[[stream]]\nurl = \"https://a.test/%d\"\n[stream.headers]\nA = \"b\"\n", 10_000),
		"thousands in a list":       "stream = [\n" + counted("{url = \"https://a.test/%d\", title = \"a\"}, # one\n", 10_000) + "]\n",
		"events with sessions":      strings.Repeat("[[event]]\nname = \"a\"\n"+strings.Repeat("[[event.session]]\nname = \"b\"\n", 20), 500),
		"not TOML":                  "<html>",
		"a list that is not closed": "a = [" + strings.Repeat("1,", 1000),
		"brackets without end":      "a = " + strings.Repeat("[", 100_000),
		"tables in tables, no end":  "a = " + strings.Repeat("{a = ", 100_000),
	} {
		if line, err := checkKeys([]byte(text)); err != nil {
			t.Errorf("%s: line %d: %v", name, line, err)
		}
	}
}

func FuzzKeys(f *testing.F) {
	for _, s := range []string{"a.b = {c = [{d = 1}]}\n[[e.f]]\n# g\n", "[a]\nb = '''\n'''\n", "a = [[1], {b = 2}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		line, err := checkKeys(text)
		if err != nil && (line < 1 || line > strings.Count(string(text), "\n")+1) {
			t.Errorf("line %d", line)
		}
	})
}
