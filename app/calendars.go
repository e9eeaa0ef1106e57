package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"gridwall/backend/config"
	"gridwall/backend/schedule"
	"gridwall/backend/store"
	"gridwall/backend/stream"
)

const (
	// calendarTimeout bounds the fetching of one document of a calendar.
	calendarTimeout = 20 * time.Second
	// calendarRedirects bounds the redirects on the way to it.
	calendarRedirects = 5
)

// schedule builds the calendar. db is nil where nothing is kept.
func (b *base) schedule(db *store.Store) *schedule.Service {
	var kept schedule.Store
	if db != nil {
		kept = calendarRecords{db}
	}
	return schedule.New(schedule.Options{Providers: b.providers(), Store: kept, Log: b.o.Log})
}

// providers are the calendars as the source files stand: those of config.toml, and the demo's while there is an enabled
// source of the kind demo. With --demo nobody else is asked, unless the user named some calendars himself.
func (b *base) providers() []schedule.Provider {
	conf := b.o.Config
	var out []schedule.Provider
	if !b.o.Demo || conf.Fixed("schedule") {
		for _, s := range conf.Schedule {
			out = append(out, b.provider(s))
		}
	}
	if b.hasDemo() {
		out = append(out, schedule.Demo())
	}
	// One calendar named twice is one calendar.
	seen := map[string]bool{}
	unique := out[:0]
	for _, p := range out {
		if !seen[p.Key()] {
			seen[p.Key()] = true
			unique = append(unique, p)
		}
	}
	return unique
}

func (b *base) provider(s config.Schedule) schedule.Provider {
	switch s.Kind {
	case "jolpica":
		return schedule.Jolpica(s.URL, b.fetch)
	case "f1calendar":
		return schedule.F1Calendar(s.URL, s.Series, b.fetch)
	case "ics":
		return schedule.ICS(s.URL, s.Series, b.fetch)
	}
	return schedule.Demo()
}

// fetch gets a calendar's document through the guarded transports. Where config.toml itself names a private host, the
// user means it; then no redirect leaves that host.
func (b *base) fetch(ctx context.Context, rawURL string) ([]byte, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("the calendar's address is no URL")
	}
	private := namesPrivate(u.Hostname())
	transport, err := b.pool.Transport(private, "")
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport: transport, Timeout: calendarTimeout,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > calendarRedirects {
				return errors.New("too many redirects")
			}
			if private && r.URL.Host != u.Host {
				return errors.New("a redirect to another host is not followed")
			}
			return nil
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, errors.New("the calendar's address is no URL")
	}
	req.Header.Set("User-Agent", stream.UserAgent)
	res, err := client.Do(req)
	if err != nil {
		var full *url.Error
		if errors.As(err, &full) {
			err = full.Err // the rest is the address, whose query may be a secret
		}
		return nil, fmt.Errorf("%s: %w", stream.RedactURL(rawURL), err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", stream.RedactURL(rawURL), res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, schedule.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", stream.RedactURL(rawURL), err)
	}
	if len(body) > schedule.MaxBody {
		return nil, fmt.Errorf("%s: %w", stream.RedactURL(rawURL), schedule.ErrTooLarge)
	}
	return body, nil
}

// namesPrivate tells whether a host is written as a private address or as this machine.
func namesPrivate(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate() || ip.Unmap().IsLinkLocalUnicast())
}
