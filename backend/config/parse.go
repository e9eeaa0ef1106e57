package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"gridwall/backend/tomlfile"
)

// Parse parses the text of a config.toml. file is its name in errors. The error is an *Error for the first mistake in the file.
func Parse(file string, text []byte) (Config, error) {
	c := Default()
	c.File = file
	doc, err := tomlfile.Parse(text)
	if err != nil {
		return Config{}, fileError(file, err)
	}
	r := &reader{Reader: tomlfile.NewReader(doc.Positions), c: &c, positions: doc.Positions}
	r.document(doc.Values)
	if r.Failures() > 0 {
		return Config{}, fileError(file, r.Errors()[0])
	}
	return c, nil
}

// fileError returns an error of tomlfile as an *Error.
func fileError(file string, err error) error {
	var e *tomlfile.Error
	if !errors.As(err, &e) {
		return &Error{File: file, Msg: err.Error(), cause: err}
	}
	msg := e.Msg
	if e.Limit {
		msg = "the file has " + msg
	}
	return &Error{File: file, Line: e.Line, Column: e.Column, Msg: msg, cause: e}
}

// reader sets the fields of a Config from a parsed document.
type reader struct {
	*tomlfile.Reader
	c         *Config
	positions tomlfile.Positions
}

// document reads the root table.
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
			r.unknown("", section, append(slices.Collect(maps.Keys(keys)), "schedule", "rule"))
			continue
		}
		table, ok := v.(map[string]any)
		if !ok {
			r.Fail(section, "%s must be a section: [%s]", section, section)
			continue
		}
		for name, v := range table {
			key := section + "." + name
			set, ok := known[name]
			if !ok {
				r.unknown(section, name, slices.Collect(maps.Keys(known)))
				continue
			}
			if err := set(r.c, value{key, v}); err != nil {
				r.Fail(key, "%s", err)
				continue
			}
			r.c.set[key] = r.positions.At(key).Line
		}
	}
	switch play := r.c.Server.PlayToken; {
	case play == "":
	case r.c.Server.Token == "":
		r.Fail("server.play_token", "server.play_token needs server.token: without it, no token is required")
	case play == r.c.Server.Token:
		r.Fail("server.play_token", "server.play_token must differ from server.token, which permits everything")
	}
	// The desktop's proxy has no token of its own. If other machines can reach it, it needs the server's.
	if !loopback(r.c.Proxy.Listen) && r.c.Server.Token == "" {
		r.Fail("proxy.listen", "proxy.listen is %q, which other machines can reach; use 127.0.0.1, or set server.token", r.c.Proxy.Listen)
	}
}

// loopback reports whether an address host:port is on the loopback interface.
func loopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// schedules reads all [[schedule]] tables.
func (r *reader) schedules(v any) {
	list, ok := v.([]any)
	if !ok {
		r.Fail("schedule", "schedule must be written in double brackets: [[schedule]]")
		return
	}
	r.c.Schedule = nil
	for i, e := range list {
		at := fmt.Sprintf("schedule.%d", i)
		table, ok := e.(map[string]any)
		if !ok {
			r.Fail("schedule", "schedule must be written in double brackets: [[schedule]]")
			return
		}
		var s Schedule
		for name, v := range table {
			key := at + "." + name
			set, ok := scheduleKeys[name]
			if !ok {
				r.unknown(at, name, slices.Collect(maps.Keys(scheduleKeys)))
			} else if err := set(&s, value{"schedule." + name, v}); err != nil {
				r.Fail(key, "%s", err)
			}
		}
		has := func(key string) bool { return table[key] != nil }
		if key, err := checkSchedule(s, has); err != nil {
			r.Fail(at+"."+key, "%s", err)
		}
		r.c.Schedule = append(r.c.Schedule, s)
	}
	r.c.set["schedule"] = r.positions.At("schedule").Line
}

// unknown reports an unknown key of the table at path. If no known key is spelt like it, the error names the section that has the
// key, if any.
func (r *reader) unknown(path, key string, known []string) {
	hint := ""
	if tomlfile.Nearest(key, known) == "" {
		for _, section := range slices.Sorted(maps.Keys(keys)) {
			if _, ok := keys[section][key]; ok {
				hint = fmt.Sprintf(" here; did you mean %q in [%s]?", key, section)
				break
			}
		}
	}
	r.Unknown(path, key, known, hint)
}
