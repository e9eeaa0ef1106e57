package tomlfile

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

const (
	// maxKeys bounds the keys of a file; of an array of tables, only the keys of the largest table count.
	maxKeys = 10_000
	// maxKeyLength bounds each part of a key, in bytes; maxKeyParts bounds the parts of a key.
	maxKeyLength, maxKeyParts = 128, 32
)

// maxWork bounds the comparisons: a file of maxKeys plain keys needs this many.
const maxWork = maxKeys * (maxKeys + 1) / 2

// counter counts the keys that the parser keeps.
type counter struct {
	live int // how many keys the parser has now
	// work is the number of comparisons so far: each key and table is compared with all live keys.
	work  int
	in    map[string]int // how many keys the newest table of each array has
	array string         // the array of tables that keys belong to; "" outside of arrays of tables
	text  []byte
}

// checkKeys returns an error and its line if a file has too many keys, or keys that are too long. The parser compares each key
// with all previous ones, and records the whole path of each key for error messages: without a limit, a file of 1 MiB takes half
// a minute or gigabytes. checkKeys reports no syntax errors; the parser does.
func checkKeys(text []byte) (line int, err error) {
	c := counter{in: map[string]int{}, text: text}
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind == unstable.Comment {
			continue
		}
		path, at, err := key(e)
		n := 1
		if err == nil && e.Kind == unstable.KeyValue {
			var in int
			in, at, err = keysIn(e.Value(), at)
			n += in
		}
		if err != nil {
			return c.line(at), err
		}
		if e.Kind == unstable.Table && !strings.HasPrefix(path, c.array) {
			c.array = ""
		}
		if e.Kind == unstable.ArrayTable {
			c.array = path
			c.live -= c.in[path] // the parser drops those of the previous table
			c.in[path] = 0
		}
		c.live += n
		if c.array != "" {
			c.in[c.array] += n
		}
		if c.live > maxKeys {
			return c.line(at), fmt.Errorf("more than %d keys", maxKeys)
		}
		if c.work += c.live; c.work > maxWork {
			return c.line(at), fmt.Errorf("too many tables in addition to %d keys", c.live)
		}
	}
	return 0, nil
}

func (c *counter) line(offset int) int { return bytes.Count(c.text[:offset], []byte("\n")) + 1 }

// key returns the key of an expression with its parts joined, and its offset.
func key(e *unstable.Node) (path string, at int, err error) {
	var b []byte
	parts := 0
	for it := e.Key(); it.Next(); parts++ {
		n := it.Node()
		if at = int(n.Raw.Offset); len(n.Data) > maxKeyLength {
			return "", at, fmt.Errorf("a key of more than %d bytes", maxKeyLength)
		}
		if parts >= maxKeyParts {
			return "", at, fmt.Errorf("a key of more than %d parts", maxKeyParts)
		}
		b = append(append(b, n.Data...), 0)
	}
	return string(b), at, nil
}

// keysIn returns how many keys of the inline tables in a value the parser keeps at once: for a list, the maximum of its items. last
// is the offset of the last key, or of one that is too long. at is the offset of the key before the value.
func keysIn(v *unstable.Node, at int) (n, last int, err error) {
	last = at
	for it := v.Children(); it.Next(); {
		child := it.Node()
		switch {
		case v.Kind == unstable.InlineTable && child.Kind == unstable.KeyValue:
			if _, last, err = key(child); err != nil {
				return n, last, err
			}
			var in int
			if in, last, err = keysIn(child.Value(), last); err != nil {
				return n, last, err
			}
			n += 1 + in
		case v.Kind == unstable.Array:
			in, place, err := keysIn(child, last)
			if err != nil {
				return n, place, err
			}
			n = max(n, in)
		}
	}
	return n, last, nil
}
