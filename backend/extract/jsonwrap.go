package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"regexp"
	"strings"
)

var (
	// shownJSON matches JSON as a browser or a server's debug page shows it: a page with one block of text.
	shownJSON = regexp.MustCompile(`(?is)^\s*(?:<!doctype[^>]{0,200}>|<html[^>]{0,200}>|<head[^>]{0,200}>[^<]{0,1000}|</?(?:head|meta|title|link|style)[^>]{0,200}>[^<]{0,1000}|<body[^>]{0,200}>|\s)*<pre[^>]{0,500}>(.*)</pre>`)
	// eventData matches a line of an event stream (text/event-stream).
	eventData = regexp.MustCompile(`(?m)^data:[ \t]?(.*)$`)
	// eventHead matches the beginning of such a stream.
	eventHead = regexp.MustCompile(`^(?:(?:event|id|retry)?:[^\n]*\n)*data:`)
)

const (
	// maxWarnings is how many lines of warnings may precede JSON.
	maxWarnings = 50
	// maxReadings limits how much is read in total, as a multiple of the text's length: each line may begin JSON that never
	// ends.
	maxReadings = 4
)

// insideOther returns the JSON values inside another format: a page that shows them, an event stream, or the output of a
// script after its warnings. It returns nil if there are none.
func insideOther(text []byte) []json.RawMessage {
	if m := shownJSON.FindSubmatch(text); m != nil {
		if values, err := plainValues([]byte(html.UnescapeString(string(m[1])))); err == nil {
			return values
		}
		return nil
	}
	if eventHead.Match(text) {
		var lines []byte
		for _, m := range eventData.FindAllSubmatch(text, -1) {
			lines = append(append(lines, bytes.TrimRight(m[1], "\r")...), '\n')
		}
		if values, err := plainValues(lines); err == nil {
			return values
		}
		return nil
	}
	left := maxReadings * len(text)
	var before []json.RawMessage
	for range maxWarnings {
		if left <= 0 {
			return nil
		}
		n := bytes.IndexByte(text, '\n')
		if n < 0 {
			return nil
		}
		// There may also be log lines between values that are one per line: keep the values before them.
		if line := bytes.TrimSpace(text[:n]); len(line) > 0 && (line[0] == '{' || line[0] == '[') && json.Valid(line) {
			before = append(before, line)
		}
		text = text[n+1:]
		if len(text) < 2 || text[0] != '{' && text[0] != '[' || strings.IndexByte(`"{[]} tfn-0123456789`+"\r\n\t", text[1]) < 0 {
			continue
		}
		values, err := plainValues(text)
		if err == nil {
			return append(before, values...)
		}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			left -= int(syntax.Offset)
		} else {
			left -= len(text)
		}
	}
	return nil
}

// unquoteJSON returns the document inside a string that is itself JSON (encoded twice); any other doc is returned
// unchanged.
func unquoteJSON(doc any) any {
	text, ok := doc.(string)
	if begin := bytes.TrimSpace([]byte(text)); !ok || len(begin) == 0 || begin[0] != '{' && begin[0] != '[' {
		return doc
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var inner any
	if dec.Decode(&inner) != nil || dec.More() {
		return doc
	}
	return inner
}

// wordsOfJSON maps the literals of scripts and other languages to those of JSON.
var wordsOfJSON = map[string]string{
	"NaN": "null", "Infinity": "null", "undefined": "null", "None": "null", "True": "true", "False": "false",
}

// repairWord copies the word that begins at n: an unquoted key gets quotes, and the literals of other languages become
// JSON's. It returns where the word ends.
func repairWord(out, text []byte, n int) ([]byte, int) {
	end := n
	for end < len(text) && isWordByte(text[end]) {
		end++
	}
	word := text[n:end]
	next := skipSpace(text, end)
	before := bytes.TrimRight(out, " \t\r\n")
	if next < len(text) && text[next] == ':' && len(before) > 0 && (before[len(before)-1] == '{' || before[len(before)-1] == ',') {
		return append(append(append(out, '"'), word...), '"'), end
	}
	if other, ok := wordsOfJSON[string(word)]; ok {
		return append(out, other...), end
	}
	return append(out, word...), end
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$'
}
