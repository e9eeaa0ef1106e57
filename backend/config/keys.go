package config

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dustin/go-humanize"

	"gridwall/backend/tomlfile"
)

// Bounds of values. A value outside of them is a mistake ("4ms" for "4m"), so it is refused.
const (
	minInterval = time.Second
	maxInterval = 7 * 24 * time.Hour
	maxTimeout  = 10 * time.Minute
	maxBefore   = 24 * time.Hour
	// minPreflight is the minimum time between a check and its session; maxPreflights bounds the checks before one session.
	minPreflight  = time.Minute
	maxPreflights = 5
	minCache      = 1 << 20
	maxCache      = 64 << 30
	maxRewind     = 12 * time.Hour
	minRewindSize = 16 << 20
	maxRewindSize = 4 << 40
)

// value is a value of the file, with its key for error messages. Its methods return the value as a type, or an error.
type value struct {
	key string
	v   any
}

// keys has the keys of each section, each with a function that sets its value. The tables in double brackets are not in it.
var keys = map[string]map[string]func(c *Config, v value) error{
	"server": {
		"listen": func(c *Config, v value) (err error) { c.Server.Listen, err = v.address(); return err },
		"token":  func(c *Config, v value) (err error) { c.Server.Token, err = v.token(); return err },
		"play_token": func(c *Config, v value) (err error) {
			c.Server.PlayToken, err = v.token()
			return err
		},
		"trusted_hosts": func(c *Config, v value) (err error) {
			c.Server.TrustedHosts, err = v.hosts()
			return err
		},
		"allow_commands": func(c *Config, v value) (err error) { c.Server.AllowCommands, err = v.boolean(); return err },
	},
	"refresh": {
		"interval": func(c *Config, v value) (err error) {
			c.Refresh.Interval, err = v.duration(minInterval, maxInterval, "4m")
			return err
		},
	},
	"extract": {
		"interval": func(c *Config, v value) (err error) {
			c.Extract.Interval, err = v.duration(minInterval, maxInterval, "30m")
			return err
		},
		"live_interval": func(c *Config, v value) (err error) {
			c.Extract.LiveInterval, err = v.duration(minInterval, maxInterval, "5m")
			return err
		},
		"timeout": func(c *Config, v value) (err error) {
			c.Extract.Timeout, err = v.duration(minInterval, maxTimeout, "30s")
			return err
		},
	},
	"proxy": {
		"listen": func(c *Config, v value) (err error) { c.Proxy.Listen, err = v.address(); return err },
		"cache": func(c *Config, v value) (err error) {
			c.Proxy.Cache, err = v.size(minCache, maxCache, "256MiB")
			return err
		},
		"rewind": func(c *Config, v value) (err error) {
			c.Proxy.Rewind, err = v.duration(0, maxRewind, "30m")
			return err
		},
		"rewind_size": func(c *Config, v value) (err error) {
			c.Proxy.RewindSize, err = v.size(minRewindSize, maxRewindSize, "4GiB")
			return err
		},
	},
	"notify": {
		"before": func(c *Config, v value) (err error) {
			c.Notify.Before, err = v.duration(0, maxBefore, "15m")
			return err
		},
		"preflight": func(c *Config, v value) (err error) {
			c.Notify.Preflight, err = v.durations(minPreflight, maxBefore, maxPreflights, `["30m", "10m"]`)
			return err
		},
	},
}

// mustBe returns the error for a value of the wrong type.
func (v value) mustBe(what string) error {
	return fmt.Errorf("%s must be %s, not %s", v.key, what, tomlfile.TypeName(v.v))
}

// text returns a text that is not empty; what describes it in errors.
func (v value) text(what string) (string, error) {
	s, ok := v.v.(string)
	if !ok {
		return "", v.mustBe(what)
	}
	if strings.TrimSpace(s) == "" {
		return "", fmt.Errorf("%s is empty; it must be %s (or remove the line)", v.key, what)
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("%s contains a control character; it must be %s", v.key, what)
	}
	return s, nil
}

func (v value) boolean() (bool, error) {
	b, ok := v.v.(bool)
	if !ok {
		return false, v.mustBe("true or false, without quotes")
	}
	return b, nil
}

// duration returns a duration between least and most.
func (v value) duration(least, most time.Duration, example string) (time.Duration, error) {
	what := fmt.Sprintf("a duration such as %q", example)
	s, err := v.text(what)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%s is %q; it must be %s", v.key, s, what)
	}
	if d < least || d > most {
		return 0, fmt.Errorf("%s is %q; it must be between %s and %s", v.key, s, FormatDuration(least), FormatDuration(most))
	}
	return d, nil
}

// durations returns a list of at most many durations without duplicates, the longest first.
func (v value) durations(least, most time.Duration, many int, example string) ([]time.Duration, error) {
	what := "a list of durations such as " + example
	list, ok := v.v.([]any)
	if !ok {
		return nil, v.mustBe(what)
	}
	if len(list) > many {
		return nil, fmt.Errorf("%s has %d durations; at most %d are allowed", v.key, len(list), many)
	}
	out := []time.Duration{}
	for _, e := range list {
		d, err := value{v.key, e}.duration(least, most, "30m")
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return slices.Compact(out), nil
}

// FormatDuration returns a duration as a user writes it: 24h, not 24h0m0s.
func FormatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// size returns a size in bytes between least and most.
func (v value) size(least, most uint64, example string) (int64, error) {
	what := "a size such as " + strconv.Quote(example)
	s, err := v.text(what)
	if err != nil {
		return 0, err
	}
	n, err := humanize.ParseBytes(s)
	// humanize converts NaN and negative numbers, with an implementation-defined result.
	if err != nil || strings.ContainsAny(s, "-+") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(s)), "nan") || n > math.MaxInt64 {
		return 0, fmt.Errorf("%s is %q; it must be %s", v.key, s, what)
	}
	if _, err := strconv.ParseUint(s, 10, 64); err == nil && n < least {
		return 0, fmt.Errorf("%s is %q, in bytes; write a unit, as in %q", v.key, s, s+"MiB")
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%s is %q; it must be between %s and %s", v.key, s, humanize.IBytes(least), humanize.IBytes(most))
	}
	return int64(n), nil
}

// address returns host:port. An empty host means every interface; port 0 means any free one.
func (v value) address() (string, error) {
	const what = `an address such as "127.0.0.1:8787"`
	s, err := v.text(what)
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(s)
	if err == nil && host != "" && !isHostName(host) {
		err = fmt.Errorf("bad host %q", host)
	}
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "", fmt.Errorf("%s is %q; it must be %s", v.key, s, what)
	}
	return s, nil
}

// isHostName reports whether s is a DNS name or an IP address (IPv6 without brackets).
func isHostName(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		bad := func(r rune) bool {
			return !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		}
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, bad) {
			return false
		}
	}
	return true
}

// token returns a secret that can be sent in a header, a cookie and a query. No error contains it.
func (v value) token() (string, error) {
	s, err := v.text("a string of visible ASCII characters")
	if err == nil && strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = fmt.Errorf("%s must contain visible ASCII characters only, and no spaces", v.key)
	}
	return s, err
}

// hosts returns a list of host names, in lower case, with or without ports.
func (v value) hosts() ([]string, error) {
	const what = `a list of host names such as ["tv.example.org"]`
	list, ok := v.v.([]any)
	if !ok {
		return nil, v.mustBe(what)
	}
	var out []string
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, fmt.Errorf("%s must be %s; it contains %s", v.key, what, tomlfile.TypeName(e))
		}
		host, bare := s, s
		if h, port, err := net.SplitHostPort(s); err == nil {
			if _, err := strconv.ParseUint(port, 10, 16); err != nil {
				host = ""
			} else {
				host = h
			}
		} else if strings.HasPrefix(s, "[") {
			host = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
		}
		if !isHostName(host) {
			return nil, fmt.Errorf("%s contains %q; it must be %s, without scheme or path", v.key, bare, what)
		}
		out = append(out, strings.ToLower(s))
	}
	return out, nil
}

// httpURL returns an http or https URL.
func (v value) httpURL() (string, error) {
	const what = `an address that begins with http:// or https://`
	s, err := v.text(what)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		// The error does not contain the address, which may be secret.
		return "", fmt.Errorf("%s must be %s", v.key, what)
	}
	return s, nil
}
