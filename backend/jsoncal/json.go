package jsoncal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gridwall/backend/charset"
	"gridwall/backend/season"
)

// decode reads a JSON body into v. Its error says in one line why it cannot.
func decode(body []byte, v any) error {
	body, err := season.DecodeBody(body)
	if err != nil {
		return err
	}
	if body = bytes.TrimSpace(charset.Text(body, nil)); bytes.HasPrefix(body, []byte("<")) {
		return fmt.Errorf("%w: the answer is a web page", season.ErrFormat)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &wrong) && wrong.Field == "" && strings.HasPrefix(wrong.Value, "number"): // "404: Not Found"
			return fmt.Errorf("%w: not JSON", season.ErrFormat)
		case errors.As(err, &wrong) && wrong.Field == "":
			return fmt.Errorf("%w: it holds %s", season.ErrFormat, wrong.Value)
		case errors.As(err, &wrong):
			return fmt.Errorf("%w: %q holds %s", season.ErrFormat, wrong.Field, wrong.Value)
		}
		return fmt.Errorf("%w: not JSON (%v)", season.ErrFormat, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: there is text after the JSON", season.ErrFormat)
	}
	return nil
}

// parseISO reads a time as JSON files have it.
func parseISO(text string) (at time.Time, err error) {
	for _, form := range isoForms {
		if at, err = time.Parse(form, strings.ToUpper(strings.TrimSpace(text))); err == nil {
			return at, nil
		}
	}
	return at, fmt.Errorf("%w: %q is not a time", season.ErrFormat, season.Clip(text))
}

// isoForms are the formats of a time in JSON files. If the zone is missing, it is UTC.
var isoForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700"}

// openTime reports whether a text stands for a time that is not known yet.
func openTime(text string) bool {
	return slices.Contains([]string{"", "TBC", "TBA", "TBD", "-"}, strings.ToUpper(strings.TrimSpace(text)))
}
