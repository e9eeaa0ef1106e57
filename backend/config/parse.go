package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"gridwall/backend/tomlkeys"
)

// Parse reads the text of a config.toml; file is how errors name it. An *Error tells the first thing that is wrong, in
// the order of the file.
func Parse(file string, text []byte) (Config, error) {
	// Windows editors put a byte order mark in front, which TOML does not know.
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	c := Default()
	c.File = file
	if line, err := tomlkeys.Check(text); err != nil {
		return Config{}, &Error{File: file, Line: line, Msg: "the file holds " + err.Error(), cause: err}
	}
	var doc map[string]any
	if err := toml.Unmarshal(text, &doc); err != nil {
		var d *toml.DecodeError
		if errors.As(err, &d) {
			row, col := d.Position()
			return Config{}, &Error{file, row, col, strings.TrimPrefix(d.Error(), "toml: "), err}
		}
		return Config{}, &Error{File: file, Msg: oneLine(strings.TrimPrefix(err.Error(), "toml: ")), cause: err}
	}
	r := &reader{c: &c, at: positions(text)}
	r.document(doc)
	if len(r.errs) > 0 {
		first := slices.MinFunc(r.errs, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			if a.Column != b.Column {
				return a.Column - b.Column
			}
			return strings.Compare(a.Msg, b.Msg)
		})
		first.File = file
		return Config{}, first
	}
	return c, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// reader moves a parsed document into a Config.
type reader struct {
	c    *Config
	at   map[string]unstable.Position
	errs []*Error
}

// fail notes an error at the place of key, or of the nearest table around it.
func (r *reader) fail(key string, format string, args ...any) {
	p := r.pos(key)
	r.errs = append(r.errs, &Error{Line: p.Line, Column: p.Column, Msg: fmt.Sprintf(format, args...)})
}

func (r *reader) pos(key string) unstable.Position {
	for {
		if p, ok := r.at[key]; ok {
			return p
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return unstable.Position{Line: 1, Column: 1}
		}
		key = key[:i]
	}
}

func (r *reader) document(doc map[string]any) {
	for section, v := range doc {
		if section == "schedule" {
			r.schedules(v)
			continue
		}
		if section == "rule" {
			r.rules(v)
			continue
		}
		known, ok := keys[section]
		if !ok {
			r.unknown(section, section, append(slices.Collect(maps.Keys(keys)), "schedule", "rule"))
			continue
		}
		table, ok := v.(map[string]any)
		if !ok {
			r.fail(section, "%s must be a section: [%s]", section, section)
			continue
		}
		for name, v := range table {
			key := section + "." + name
			take, ok := known[name]
			if !ok {
				r.unknown(key, name, slices.Collect(maps.Keys(known)))
				continue
			}
			if err := take(r.c, value{key, v}); err != nil {
				r.fail(key, "%s", err)
				continue
			}
			r.c.set[key] = r.pos(key).Line
		}
	}
	switch play := r.c.Server.PlayToken; {
	case play == "":
	case r.c.Server.Token == "":
		r.fail("server.play_token", "server.play_token needs server.token beside it: without one nobody is asked for a token")
	case play == r.c.Server.Token:
		r.fail("server.play_token", "server.play_token must differ from server.token, which may do everything")
	}
	// The desktop's proxy asks for no token of its own, so beyond this machine it needs the server's.
	if !loopback(r.c.Proxy.Listen) && r.c.Server.Token == "" {
		r.fail("proxy.listen", "proxy.listen is %q, which other machines can reach; use 127.0.0.1, or set server.token", r.c.Proxy.Listen)
	}
}

func loopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

func (r *reader) schedules(v any) {
	list, ok := v.([]any)
	if !ok {
		r.fail("schedule", "schedule must stand in double brackets: [[schedule]]")
		return
	}
	r.c.Schedule = nil
	for i, e := range list {
		at := fmt.Sprintf("schedule.%d", i)
		table, ok := e.(map[string]any)
		if !ok {
			r.fail("schedule", "schedule must stand in double brackets: [[schedule]]")
			return
		}
		var s Schedule
		for name, v := range table {
			key := at + "." + name
			take, ok := scheduleKeys[name]
			if !ok {
				r.unknown(key, name, slices.Collect(maps.Keys(scheduleKeys)))
			} else if err := take(&s, value{"schedule." + name, v}); err != nil {
				r.fail(key, "%s", err)
			}
		}
		has := func(key string) bool { return table[key] != nil }
		if key, err := wholeSchedule(s, has); err != nil {
			r.fail(join(at, key), "%s", err)
		}
		r.c.Schedule = append(r.c.Schedule, s)
	}
	r.c.set["schedule"] = r.pos("schedule").Line
}

// unknown reports a key that nobody knows, with the one that was probably meant: a neighbour spelt nearly so, or the
// same name in another section.
func (r *reader) unknown(key, name string, known []string) {
	if best := nearest(name, known); best != "" {
		r.fail(key, "unknown key %q; did you mean %q?", name, best)
		return
	}
	for _, section := range slices.Sorted(maps.Keys(keys)) {
		if _, ok := keys[section][name]; ok {
			r.fail(key, "unknown key %q here; did you mean %q in [%s]?", name, name, section)
			return
		}
	}
	slices.Sort(known)
	r.fail(key, "unknown key %q; known here are %s", name, quoteList(known))
}

// positions maps dotted keys to where they first stand: "server", "server.listen", "schedule.0.url".
func positions(text []byte) map[string]unstable.Position {
	at := map[string]unstable.Position{}
	breaks := []int{-1}
	for i, c := range text {
		if c == '\n' {
			breaks = append(breaks, i)
		}
	}
	p := unstable.Parser{}
	p.Reset(text)
	arrays := map[string]int{}
	table := ""
	note := func(key string, n *unstable.Node) {
		if _, ok := at[key]; !ok && key != "" {
			offset := int(n.Raw.Offset)
			line, _ := slices.BinarySearch(breaks, offset)
			at[key] = unstable.Position{Offset: offset, Line: line, Column: offset - breaks[line-1]}
		}
	}
	// keyOf joins prefix and the dotted key of n, noting each part; arrays entered earlier get their index.
	keyOf := func(prefix string, n *unstable.Node, header bool) string {
		key := prefix
		for it := n.Key(); it.Next(); {
			k := it.Node()
			key = join(key, string(k.Data))
			note(key, k)
			if i, ok := arrays[key]; ok && header && !it.IsLast() {
				key = join(key, fmt.Sprint(i))
			}
		}
		return key
	}
	var inside func(prefix string, v *unstable.Node)
	inside = func(prefix string, v *unstable.Node) {
		it := v.Children()
		switch v.Kind {
		case unstable.InlineTable:
			for it.Next() {
				if kv := it.Node(); kv.Kind == unstable.KeyValue {
					inside(keyOf(prefix, kv, false), kv.Value())
				}
			}
		case unstable.Array:
			for i := 0; it.Next(); {
				if e := it.Node(); e.Kind != unstable.Comment {
					if e.Kind == unstable.String {
						note(join(prefix, fmt.Sprint(i)), e)
					}
					inside(join(prefix, fmt.Sprint(i)), e)
					i++
				}
			}
		}
	}
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			table = keyOf("", e, true)
			if i, ok := arrays[table]; ok {
				table = join(table, fmt.Sprint(i))
			}
		case unstable.ArrayTable:
			key := keyOf("", e, true)
			i, ok := arrays[key]
			if ok {
				i++
			}
			arrays[key] = i
			table = join(key, fmt.Sprint(i))
			for it := e.Key(); it.Next(); {
				note(table, it.Node())
			}
		case unstable.KeyValue:
			inside(keyOf(table, e, false), e.Value())
		}
	}
	return at
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

// nearest returns the candidate that is at most two letters (two swapped ones count as two) or a third of its own away
// from name; "" where none is.
func nearest(name string, candidates []string) string {
	best, least := "", 1<<30
	slices.Sort(candidates)
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), c); d < least && d <= max(2, len(c)/3) {
			best, least = c, d
		}
	}
	return best
}

// maxName bounds what is compared: the work grows with the product of the lengths.
const maxName = 64

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	if len(a) > maxName || len(b) > maxName {
		return maxName
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
