package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gridwall/backend/tomlfile"
)

// maxFollow bounds the steps of a source of kind page: sites nest two or three iframes.
const maxFollow = 10

// Decodings are the permitted values of decode in a source of kind page.
var Decodings = []string{"base64", "url", "json", "hex"}

// follow returns the steps in the [[follow]] tables.
func (r *reader) follow() []Follow {
	list, ok := r.values["follow"]
	if !ok {
		return nil
	}
	const form = "follow must be written in double brackets, once for each step: [[follow]]"
	items, ok := list.([]any)
	if !ok {
		r.Fail("follow", form)
		return nil
	}
	if len(items) > maxFollow {
		r.Fail("follow", "follow has more than %d steps", maxFollow)
		return nil
	}
	var out []Follow
	for i, item := range items {
		path := fmt.Sprintf("follow.%d", i)
		table, ok := item.(map[string]any)
		if !ok {
			r.Fail(path, form)
			return nil
		}
		r.onlyKeys(path, table, []string{"select", "attr", "match", "title"}, nil)
		text := func(key string) string { return r.text(table, path+".", key) }
		f := Follow{Select: text("select"), Attr: text("attr"), Match: text("match"), Title: text("title")}
		if strings.TrimSpace(f.Select) == "" {
			r.Fail(path, `a [[follow]] needs select = "…": a CSS selector of the links or iframes to follow`)
		}
		if f.Title != "" && f.Title != "text" {
			r.Fail(path+".title", `title must be "text" (the text of the link), or left out, not %s`, show(f.Title))
		}
		if _, err := regexp.Compile(f.Match); err != nil {
			r.Fail(path+".match", "match is not a regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		out = append(out, f)
	}
	return out
}

// decode returns the decodings: the file has one, or a list.
func (r *reader) decode() []string {
	v, ok := r.values["decode"]
	if !ok {
		return nil
	}
	items, isList := v.([]any)
	if !isList {
		items = []any{v}
	}
	var out []string
	for _, item := range items {
		s, ok := item.(string)
		if !ok || !slices.Contains(Decodings, s) {
			r.Fail("decode", "decode must be one of %s, or a list of them in the order in which to decode, not %s", strings.Join(Decodings, ", "), show(item))
			return nil
		}
		out = append(out, s)
	}
	return out
}

func checkPage(s *Source) error {
	if s.URL == "" {
		return s.Errorf("kind", `a source of kind page needs url = "https://…"`)
	}
	if why := badURL(s.URL); why != "" {
		return s.Errorf("url", "url %s", why)
	}
	re, err := regexp.Compile(s.Find)
	if err != nil {
		return s.Errorf("find", "find is not a regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	for _, name := range re.SubexpNames() {
		if name != "" && !slices.Contains([]string{"url", "title", "quality"}, name) {
			return s.Errorf("find", "find has a group %q; its groups are url, title and quality", tomlfile.Shorten(name))
		}
	}
	if s.Find != "" && re.SubexpIndex("url") < 0 {
		return s.Errorf("find", "find needs a group (?P<url>…) that matches the address of the stream")
	}
	return nil
}
