package tomlfile

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxDepth bounds the parts of the paths that are recorded. No known key is deeper; without a bound, the memory for the paths of
// nested lists would be quadratic in the file's length.
const maxDepth = 8

// Position is the position of a key. Line and Column count from 1, Column in bytes.
type Position struct {
	Line, Column int
	value        place  // of the value, if it is a string
	raw          string // the value as written, if it is a string
}

type place struct{ line, column int }

// Positions maps the path of each key to its position. A path has the parts of a key, joined by dots, and the indexes of items of
// lists: "headers.Cookie", "stream.0.url", "command.1". go-toml reports the positions of syntax errors only.
type Positions map[string]Position

// At returns the position of a path, or of the innermost table or list around it; the zero Position if there is none.
func (p Positions) At(path string) Position {
	for {
		if at, ok := p[path]; ok {
			return at
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return Position{}
		}
		path = path[:i]
	}
}

// Inside returns the position of a byte of value, the string at p. If the string is written with escapes, it returns the position
// of the key.
func (p Position) Inside(value string, offset int) (line, column int) {
	at := strings.Index(p.raw, value)
	if at < 0 || offset < 0 || offset > len(value) || value == "" {
		return p.Line, p.Column
	}
	before := p.raw[:at+offset]
	line = p.value.line + strings.Count(before, "\n")
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		return line, len(before) - i
	}
	return line, p.value.column + len(before)
}

// walker collects the positions in a text.
type walker struct {
	parser unstable.Parser
	breaks []int // the offsets of line breaks
	out    Positions
	tables map[string]int // how many tables in double brackets each path has so far
}

// positions returns the positions of the keys of a text, which must be valid TOML.
func positions(text []byte) Positions {
	w := walker{out: Positions{}, tables: map[string]int{}}
	for rest, at := text, 0; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		w.breaks = append(w.breaks, at+i)
		rest, at = rest[i+1:], at+i+1
	}
	w.parser.Reset(text)
	table := ""
	for w.parser.NextExpression() {
		switch e := w.parser.Expression(); e.Kind {
		case unstable.Table:
			table, _ = w.key("", e)
		case unstable.ArrayTable:
			path, last := w.key("", e)
			table = Join(path, strconv.Itoa(w.tables[path]))
			w.tables[path]++
			w.record(table, last)
		case unstable.KeyValue:
			w.keyValue(table, e)
		}
	}
	return w.out
}

// key records the position of each part of an expression's key below prefix. It returns the whole path and the node of the last
// part.
func (w *walker) key(prefix string, e *unstable.Node) (path string, last *unstable.Node) {
	path = prefix
	for it := e.Key(); it.Next(); {
		if last = it.Node(); depth(path) >= maxDepth {
			return path, last
		}
		path = Join(path, string(last.Data))
		w.record(path, last)
		// [stream.x] after [[stream]] belongs to the newest of them.
		if n := w.tables[path]; n > 0 && !it.IsLast() {
			path = Join(path, strconv.Itoa(n-1))
		}
	}
	return path, last
}

func (w *walker) keyValue(table string, e *unstable.Node) {
	path, _ := w.key(table, e)
	w.value(path, e.Value())
}

func (w *walker) value(path string, v *unstable.Node) {
	if depth(path) >= maxDepth {
		return
	}
	switch v.Kind {
	case unstable.String:
		w.record(path, v)
		p := w.out[path]
		p.raw, p.value = string(w.parser.Raw(v.Raw)), w.place(int(v.Raw.Offset))
		w.out[path] = p
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			if item := it.Node(); item.Kind != unstable.Comment {
				w.value(Join(path, strconv.Itoa(i)), item)
				i++
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

// record records the position of a node as that of a path, unless the path already has one.
func (w *walker) record(path string, n *unstable.Node) {
	if _, ok := w.out[path]; !ok {
		at := w.place(int(n.Raw.Offset))
		w.out[path] = Position{Line: at.line, Column: at.column}
	}
}

func (w *walker) place(offset int) place {
	before, _ := slices.BinarySearch(w.breaks, offset)
	if before == 0 {
		return place{1, offset + 1}
	}
	return place{before + 1, offset - w.breaks[before-1]}
}

func depth(path string) int {
	if path == "" {
		return 0
	}
	return strings.Count(path, ".") + 1
}
