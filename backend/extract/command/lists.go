package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gridwall/backend/chanlist"
	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/weburl"
)

// item is a stream in the output of a tool whose format is "json": an object, or only the address as a string.
type item struct {
	URL     address           `json:"url"`
	Title   text              `json:"title"`
	Quality text              `json:"quality"`
	Headers map[string]string `json:"headers"`
}

// address is a string. It may be null or "" for a feed that has not begun.
type address struct {
	given bool // the object has the key
	url   string
}

func (a *address) UnmarshalJSON(b []byte) error {
	a.given = true
	return json.Unmarshal(b, &a.url)
}

// text is a string. It also accepts a number, and null for "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err == nil {
		if s != nil {
			*t = text(*s)
		}
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return errors.New("title and quality are strings")
	}
	*t = text(n.String())
	return nil
}

func (i *item) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		i.URL = address{true, s}
		return nil
	}
	type plain item
	return json.Unmarshal(b, (*plain)(i))
}

// readJSON reads {url, title, quality, headers?} objects: in a list, or in sequence (JSON Lines).
func readJSON(out []byte, src source.Source) (r reading, err error) {
	values, mixed, err := valuesOf(out)
	if err != nil {
		return reading{}, jsonError(err)
	}
	if len(values) == 0 {
		return r, errors.New("it is empty")
	}
	r.parsed = !mixed
	var first error
	for _, raw := range values {
		if err := r.addValue(raw); err != nil && (!mixed || !wrongShape(err)) {
			return reading{}, jsonError(err)
		} else if first == nil {
			first = err
		}
	}
	if first != nil && len(r.found) == 0 {
		return reading{}, jsonError(first)
	}
	return r, nil
}

// addValue adds an object, a list of objects, or an address.
func (r *reading) addValue(raw json.RawMessage) error {
	items := make([]item, 1)
	var err error
	if raw[0] == '[' {
		err = json.Unmarshal(raw, &items)
	} else {
		err = json.Unmarshal(raw, &items[0])
	}
	if err != nil {
		return err
	}
	for i := range items {
		if err := r.addItem(&items[i]); err != nil {
			return err
		}
	}
	return nil
}

// errNoURL is returned for an object without a URL.
var errNoURL = errors.New("an object without url; expected {url, title, quality, headers?}")

func (r *reading) addItem(i *item) error {
	if !i.URL.given {
		return errNoURL
	}
	rawURL, headers := chanlist.AddressAndHeaders(i.URL.url, usableHeaders(i.Headers))
	switch {
	case rawURL == "":
	case !isHTTP(rawURL):
		r.notHTTP++
	default:
		r.found = append(r.found, extract.Found{
			URL: rawURL, Title: extract.CleanTitle(string(i.Title)), Quality: extract.CleanTitle(string(i.Quality)), Headers: headers,
		})
	}
	return nil
}

// readLines reads one address per line, optionally preceded by a title and a tab. It skips empty lines and lines that
// begin with '#', so that an M3U list can be read as well, without its titles.
func readLines(out []byte, src source.Source) (r reading, err error) {
	words := 0
	for line := range strings.Lines(string(extract.PlainText(out))) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		title, address := "", line
		if tab := strings.LastIndexByte(line, '\t'); tab >= 0 {
			title, address = line[:tab], strings.TrimSpace(line[tab+1:])
		}
		address, headers := chanlist.AddressAndHeaders(address, nil)
		_, err := weburl.Parse(address)
		switch {
		case errors.Is(err, weburl.ErrScheme) && strings.Contains(address, "://"):
			r.notHTTP++
		case err != nil:
			words++
		default:
			r.found = append(r.found, extract.Found{URL: address, Title: extract.CleanTitle(title), Headers: headers})
		}
	}
	if words > 0 && len(r.found) == 0 {
		return r, errors.New("no line is an address")
	}
	if len(bytes.TrimSpace(out)) == 0 {
		return r, errors.New("it is empty")
	}
	r.notHTTP += words
	return r, nil
}

// isHTTP reports whether s is an absolute http or https address.
func isHTTP(s string) bool {
	_, err := weburl.Parse(s)
	return err == nil
}

// jsonError returns the error to show for err, without the JSON's content.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("syntax error at byte %d", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	case errors.As(err, &kind):
		where := kind.Field
		if where == "" {
			where = "the top level"
		}
		return fmt.Errorf("%s is a %s", where, kind.Value)
	}
	return err
}
