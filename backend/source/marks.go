package source

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxMarkDepth bounds how deep keys are marked: no source file nests deeper than stream.0.url.
const maxMarkDepth = 4

// mark is a place in a file: that of a key, and that of its value where it is a string.
type mark struct {
	line, column           int
	valueLine, valueColumn int
	raw                    string
}

// marks maps the path of each key ("headers.Cookie", "stream.0.url") to where it stands. go-toml tells the place of
// syntax errors alone; an error about a value must name its line as well.
type marks map[string]mark

// markKeys walks text, which has been parsed well.
func markKeys(text []byte) marks {
	w := markWalk{out: marks{}, counts: map[string]int{}, text: text}
	for i, c := range text {
		if c == '\n' {
			w.lines = append(w.lines, i)
		}
	}
	w.p.Reset(text)
	prefix := ""
	for w.p.NextExpression() {
		e := w.p.Expression()
		switch e.Kind {
		case unstable.Table:
			prefix, _ = w.key("", e)
		case unstable.ArrayTable:
			var at mark
			prefix, at = w.key("", e)
			n := w.counts[prefix]
			w.counts[prefix]++
			prefix = prefix + "." + strconv.Itoa(n)
			w.set(prefix, at)
		case unstable.KeyValue:
			w.keyValue(prefix, e)
		}
	}
	return w.out
}

type markWalk struct {
	p      unstable.Parser
	text   []byte
	lines  []int
	out    marks
	counts map[string]int
}

// key marks the (dotted) key of e below prefix, and returns its path and where its last part stands.
func (w *markWalk) key(prefix string, e *unstable.Node) (path string, at mark) {
	path = prefix
	depth := strings.Count(prefix, ".")
	for it := e.Key(); it.Next(); depth++ {
		n := it.Node()
		if depth > maxMarkDepth {
			return path, at
		}
		if path != "" {
			path += "."
		}
		path += string(n.Data)
		line, col := w.place(int(n.Raw.Offset))
		at = mark{line: line, column: col}
		w.set(path, at)
		// [stream.x] after [[stream]] goes to the newest of them.
		if n := w.counts[path]; n > 0 && !it.IsLast() {
			path += "." + strconv.Itoa(n-1)
		}
	}
	return path, at
}

func (w *markWalk) set(path string, m mark) {
	if _, ok := w.out[path]; !ok {
		w.out[path] = m
	}
}

func (w *markWalk) keyValue(prefix string, e *unstable.Node) {
	path, _ := w.key(prefix, e)
	w.value(path, e.Value())
}

func (w *markWalk) value(path string, v *unstable.Node) {
	if strings.Count(path, ".") > maxMarkDepth {
		return
	}
	m := w.out[path]
	switch v.Kind {
	case unstable.String:
		m.raw = string(w.p.Raw(v.Raw))
		m.valueLine, m.valueColumn = w.place(int(v.Raw.Offset))
		if m.line == 0 {
			m.line, m.column = m.valueLine, m.valueColumn
		}
		w.out[path] = m
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); i++ {
			if n := it.Node(); n.Kind != unstable.Comment {
				el := path + "." + strconv.Itoa(i)
				w.set(el, m)
				w.value(el, n)
			}
		}
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				w.keyValue(path, it.Node())
			}
		}
	}
}

// place turns an offset into line and column, both from 1.
func (w *markWalk) place(offset int) (line, column int) {
	lo, hi := 0, len(w.lines)
	for lo < hi {
		if mid := (lo + hi) / 2; w.lines[mid] < offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return 1, offset + 1
	}
	return lo + 1, offset - w.lines[lo-1]
}

// inside is the place of offset in value, the string that stands at m.
func (m mark) inside(value string, offset int) (line, column int) {
	at := strings.Index(m.raw, value)
	if at < 0 || offset < 0 || offset > len(value) || value == "" {
		return m.line, m.column
	}
	before := []byte(m.raw[:at+offset])
	line = m.valueLine + bytes.Count(before, []byte("\n"))
	if i := bytes.LastIndexByte(before, '\n'); i >= 0 {
		return line, len(before) - i
	}
	return line, m.valueColumn + len(before)
}
