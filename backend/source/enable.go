package source

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"

	"gridwall/backend/stream"
	"gridwall/backend/tomlfile"
)

// Text returns the current file of the source with the key, broken or not. The error is stream.ErrUnknownSource if there is
// none, ErrBuiltin for a built-in source.
func (d *Dir) Text(key string) ([]byte, error) {
	path, err := d.file(key)
	if err != nil {
		return nil, err
	}
	text, _, err := readFile(path)
	if err != nil {
		return nil, &Error{File: path, Msg: "cannot be read: " + plain(err)}
	}
	if len(text) > MaxFile {
		return nil, tooLarge(path)
	}
	return text, nil
}

// Enable turns the source with the key on or off by changing one line of its file; every other byte stays. A broken file is not
// written, and the error says what is wrong with it.
func (d *Dir) Enable(key string, enabled bool) error {
	text, err := d.Text(key)
	if err != nil {
		return err
	}
	path, err := d.file(key)
	if err != nil {
		return err
	}
	next, err := setEnabled(path, text, enabled)
	if err != nil {
		return err
	}
	// The current file is checked first, so that errors have its current line numbers.
	if _, err := d.check(path, text); err != nil {
		return err
	}
	s, err := d.check(path, next)
	if err != nil {
		return err
	}
	if s.Key != key {
		return s.Errorf("key", "the file's key has meanwhile changed to %q", s.Key)
	}
	if !bytes.Equal(next, text) {
		if err := writeFile(path, next); err != nil {
			return fmt.Errorf("source %q cannot be written: %w", key, err)
		}
	}
	d.reload()
	return nil
}

// file returns the path of the file that has the key.
func (d *Dir) file(key string) (string, error) {
	e, ok := d.entry(key)
	switch {
	case !ok || e.Source.File == d.opts.Path:
		return "", fmt.Errorf("%w: %q", stream.ErrUnknownSource, tomlfile.Shorten(key))
	case e.Source.File == "":
		return "", fmt.Errorf("source %q: %w", key, ErrBuiltin)
	}
	return e.Source.File, nil
}

func tooLarge(path string) error {
	return &Error{File: path, Msg: fmt.Sprintf("is larger than %d KiB; a source file is short", MaxFile>>10)}
}

// setEnabled returns text with enabled set to the given value. An existing line is changed; otherwise a line is inserted before
// the first key, so that comments at the top or before a table stay where they belong. A text that already has the value is
// returned unchanged. Errors name file.
func setEnabled(file string, text []byte, enabled bool) ([]byte, error) {
	body := bytes.TrimPrefix(text, []byte(tomlfile.ByteOrderMark))
	mark := len(text) - len(body)
	// The parser below reads one expression at a time and would miss some errors.
	doc, err := parse(file, body)
	if err != nil {
		return nil, err
	}
	if v, ok := doc.Values["enabled"]; ok {
		if _, ok := v.(bool); !ok {
			return nil, Source{File: file, positions: doc.Positions}.Errorf("enabled", "enabled must be true or false, not %s", show(v))
		}
	}
	value := strconv.FormatBool(enabled)
	first := -1 // the offset of the first key
	var p unstable.Parser
	p.Reset(body)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind == unstable.Table || e.Kind == unstable.ArrayTable {
			break
		}
		if e.Kind != unstable.KeyValue {
			continue
		}
		it := e.Key()
		it.Next()
		if first < 0 {
			first = int(it.Node().Raw.Offset)
		}
		if string(it.Node().Data) != "enabled" || !it.IsLast() {
			continue
		}
		v := e.Value()
		from, to := mark+int(v.Raw.Offset), mark+int(v.Raw.Offset+v.Raw.Length)
		if string(text[from:to]) == value {
			return text, nil
		}
		return splice(text, from, to, value), nil
	}
	if enabled {
		return text, nil
	}
	end := "\n"
	if i := bytes.IndexByte(body, '\n'); i > 0 && body[i-1] == '\r' {
		end = "\r\n"
	}
	at := mark
	if first >= 0 {
		at += bytes.LastIndexByte(body[:first], '\n') + 1
	}
	return splice(text, at, at, "enabled = "+value+end), nil
}

// splice returns a copy of text with the bytes between two offsets replaced.
func splice(text []byte, from, to int, with string) []byte {
	out := make([]byte, 0, len(text)-(to-from)+len(with))
	out = append(out, text[:from]...)
	out = append(out, with...)
	return append(out, text[to:]...)
}
