package ics

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"

	ical "github.com/arran4/golang-ical"
)

// Calendar is an iCalendar document (RFC 5545) at an address.
type Calendar struct {
	key, url, series string
	fetch            season.Fetch
}

// New returns the calendar at an address, whose entries may be sessions or whole weekends. address is a URL, which may begin
// with webcal://, or whatever else fetch understands, such as the path of a file. series "" means the calendar's own name.
// Recurring entries are expanded for about a year back and ahead.
func New(address, series string, fetch season.Fetch) *Calendar {
	key := season.CalendarKey("ics", address, "")
	scheme, rest, _ := strings.Cut(strings.TrimSpace(address), ":")
	if slices.Contains([]string{"webcal", "webcals", "feed"}, strings.ToLower(scheme)) {
		address = strings.TrimPrefix(strings.TrimSpace(rest), "//")
		if !strings.HasPrefix(strings.ToLower(address), "http") || !strings.Contains(address, "://") {
			address = "https://" + address
		}
	}
	return &Calendar{key, address, series, fetch}
}

func (c *Calendar) Key() string { return c.key }

func (c *Calendar) Events(ctx context.Context, now time.Time) ([]season.Event, error) {
	body, err := c.fetch(ctx, c.url)
	if err != nil {
		return nil, err
	}
	events, err := parseICS(body, c.series, now)
	if err != nil {
		err = fmt.Errorf("%s: %w", c.named(), err)
	}
	return events, err
}

// named returns how errors name the calendar: by its file, or by the host of its address, because the rest may be secret.
func (c *Calendar) named() string {
	if u, err := url.Parse(c.url); err == nil && u.Host != "" {
		return u.Host
	}
	if strings.HasPrefix(c.url, "copy:") {
		return "the copy"
	}
	return season.Clip(filepath.Base(c.url))
}

func parseICS(body []byte, series string, now time.Time) ([]season.Event, error) {
	text, err := season.DecodeBody(body)
	if err != nil {
		return nil, err
	}
	t, err := normalise(text)
	if err != nil {
		if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
			err = fmt.Errorf("%w: the answer is a web page", season.ErrFormat)
		}
		return nil, err
	}
	calendar, err := ical.ParseCalendar(bytes.NewReader(t.text))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", season.ErrFormat, season.Clip(err.Error()))
	}
	r := newICSReader(t, series)
	r.describe(calendar.Timezones())
	entries := r.entries(calendar.Events())
	g := newGroups()
	for _, o := range newExpansion(now).occurrences(entries, &t.out) {
		if err := g.add(o, r.seriesOf(o.calendar)); err != nil {
			t.out.Add(o.line, o.summary, err)
		}
	}
	r.noteZones(&t.out)
	return t.out.Finish(g.list())
}

func property(e *ical.VEvent, name ical.ComponentProperty) string {
	p := e.GetProperty(name)
	if p == nil {
		return ""
	}
	return season.Label(p.Value)
}

// splitLocation splits "Circuit, Locality, Country".
func splitLocation(location string) (circuit, locality, country string) {
	parts := strings.Split(location, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	switch n := len(parts); n {
	case 1:
		return parts[0], "", ""
	case 2:
		return parts[0], "", parts[1]
	default:
		return parts[0], parts[n-2], parts[n-1]
	}
}
