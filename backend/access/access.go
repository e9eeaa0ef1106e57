package access

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"gridwall/backend/settings"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// ErrForbidden is returned for an action that the caller may not perform.
var ErrForbidden = errors.New("forbidden")

// The kinds whose sources run a program of this machine.
const (
	kindCommand = "command"
	kindBrowser = "browser"
)

// Caller is the client of a request.
//
// Any caller may set allow_private in a source's text: that key is what opens private addresses.
type Caller struct {
	// Commands permits running programs of this machine: server.allow_commands. A program could do everything else, so it
	// permits everything.
	Commands bool
	// Here reports whether the caller is on this machine, and so reaches its addresses without Gridwall.
	Here bool
	// LoggedIn reports whether the caller used the login page.
	LoggedIn bool
}

type callerKey struct{}

// InPerson is the user of the window, who may do everything.
var InPerson = Caller{Commands: true, Here: true}

// WithCaller returns a context with the caller. A context without one means a remote caller without Commands.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the caller that was set by WithCaller.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

const byHand = "set server.allow_commands = true in config.toml to permit it over HTTP, or edit the file by hand"

// programs are the kinds whose sources run a program of this machine: a source of kind command names it, one of kind browser
// makes Chromium run the scripts of any page.
var programs = map[string]string{
	kindCommand: "runs a program of this machine",
	kindBrowser: "starts a Chromium of this machine",
}

// errProgram is returned to a caller without Commands for an action on a source that runs a program.
func errProgram(kind, what string) error {
	return stream.Errorf(ErrForbidden, "a source of kind %q %s; set server.allow_commands = true in config.toml to %s over HTTP, or edit its file by hand", kind, programs[kind], what)
}

// MayRun returns nil if the caller may run a stored source, otherwise ErrForbidden: a disabled program stays disabled.
func MayRun(ctx context.Context, src source.Source) error {
	if programs[src.Kind] != "" && !src.Enabled && !CallerOf(ctx).Commands {
		return errProgram(src.Kind, "try one that is switched off")
	}
	return nil
}

// MayEnable returns nil if the caller may enable a source, otherwise ErrForbidden.
func MayEnable(ctx context.Context, src source.Source) error {
	if programs[src.Kind] != "" && !CallerOf(ctx).Commands {
		return errProgram(src.Kind, "turn one on")
	}
	return nil
}

// sources reads the source files; backend/source.Dir implements it.
type sources interface {
	All() []source.Entry
	// Text returns a file's content, or source.ErrBuiltin if it has none.
	Text(key string) ([]byte, error)
}

// Policy decides what callers without Commands may write.
type Policy struct {
	Config      string // the folder of config.toml
	SourceFiles string // the folder of the source files
	Sources     sources
}

// MayWrite returns nil if the caller may save or try a source with this text and this M3U list ("" for none) under a key,
// otherwise ErrForbidden. It must be the first check, so that no answer reveals whether a file or a variable exists.
//
// Values that the source's file already has may stay: only changes of guarded keys are forbidden.
func (p Policy) MayWrite(ctx context.Context, key, text, list string) error {
	if CallerOf(ctx).Commands {
		return nil
	}
	if list != "" {
		if err := p.mayWriteList(key); err != nil {
			return err
		}
	}
	src, environment, err := p.parseRaw(key, text)
	if err == nil && src.Kind == kindCommand {
		return errProgram(kindCommand, "write one")
	}
	var kept source.Source
	if was, err := p.Sources.Text(key); err == nil {
		if string(was) == text {
			return nil
		}
		// A broken file permits nothing.
		if kept, _, err = p.parseRaw(key, string(was)); err != nil {
			kept = source.Source{}
		}
	}
	same := err == nil && src.SameReach(kept)
	switch {
	case environment && !same:
		// With the same reference in a header, another address would get the value.
		return stream.Errorf(ErrForbidden, "${…} in a header reads the environment of this machine; %s", byHand)
	case err != nil:
		return nil // the text is invalid, which the caller reports
	case src.Kind == kindBrowser && (!same || src.Enabled && !kept.Enabled):
		return errProgram(kindBrowser, "write one")
	case src.Path != "" && src.Path != kept.Path && !p.readable(src.Path):
		return stream.Errorf(ErrForbidden, "url names a file that is not a list in the configuration folder; %s", byHand)
	case src.Cookies != "" && src.Cookies != kept.Cookies && !p.readable(src.Cookies):
		return stream.Errorf(ErrForbidden, "cookies names a file that is not one of cookies in the configuration folder; %s", byHand)
	case src.Proxy != "" && src.Proxy != kept.Proxy:
		return stream.Errorf(ErrForbidden, "proxy sends requests to a host of the local network unseen; %s", byHand)
	}
	for _, host := range src.Hosts() {
		if linkLocal(host) && !slices.Contains(kept.Hosts(), host) {
			return errLinkLocal
		}
	}
	return nil
}

// mayWriteList returns nil if a caller without Commands may write a source's list, otherwise ErrForbidden. The URLs of a list
// decide where its source's headers go, and other sources may read the same file.
func (p Policy) mayWriteList(key string) error {
	file := filepath.Join(p.SourceFiles, key+".m3u")
	for _, e := range p.Sources.All() {
		was, err := p.Sources.Text(e.Source.Key)
		if err != nil {
			continue // a built-in source has no file
		}
		// Read from the file, because a source whose variable is not set also has a path.
		src, environment, _ := p.parseRaw(e.Source.Key, string(was))
		if environment && (e.Source.Key == key || src.Path != "" && filepath.Clean(src.Path) == file) {
			return stream.Errorf(ErrForbidden, "the list decides where the value of ${…} in the source %q goes; %s", e.Source.Key, byHand)
		}
	}
	return nil
}

// parseRaw parses the text of a source without expanding references to the environment.
func (p Policy) parseRaw(key, text string) (src source.Source, environment bool, err error) {
	src, err = source.Parse(filepath.Join(p.SourceFiles, key+".toml"), []byte(text), func(name string) (string, bool) {
		environment = true
		return "${" + name + "}", true
	})
	return src, environment, err
}

// secretFiles are the extensions of Gridwall's own files, which contain tokens.
var secretFiles = []string{".toml", ".db", ".log"}

// readable reports whether a source written over HTTP may name a file: only files in the configuration folder that are not
// Gridwall's own.
func (p Policy) readable(path string) bool {
	return within(p.Config, path) && !slices.Contains(secretFiles, strings.ToLower(filepath.Ext(path)))
}

var errLinkLocal = stream.Errorf(ErrForbidden, "a link-local address may not be named over HTTP, because cloud providers give their secrets away at such addresses; %s", byHand)

// MayReadCalendar returns nil if the caller may set or try a calendar, otherwise ErrForbidden. kept are the current calendars,
// which may stay.
func (p Policy) MayReadCalendar(ctx context.Context, s settings.Calendar, kept []settings.Calendar) error {
	c := CallerOf(ctx)
	if c.Commands || slices.ContainsFunc(kept, s.SameCalendar) {
		return nil
	}
	const byHand = "name it under [[schedule]] in config.toml, or set server.allow_commands = true there"
	if s.Path != "" {
		path := s.Path
		if !filepath.IsAbs(path) && !strings.HasPrefix(path, "~/") {
			path = filepath.Join(p.Config, path)
		}
		if !within(p.Config, path) {
			return stream.Errorf(ErrForbidden, "path names a file outside of the configuration folder; %s", byHand)
		}
	}
	switch host := hostOf(s.URL); {
	case s.URL == "":
	case linkLocal(host):
		return errLinkLocal
	case private(host) && !c.Here:
		return stream.Errorf(ErrForbidden, "a calendar at a private address may be named over HTTP from this machine alone; %s", byHand)
	}
	return nil
}

// MayFetch returns nil if the caller may have a URL fetched, otherwise ErrForbidden.
func MayFetch(ctx context.Context, rawURL string) error {
	if !CallerOf(ctx).Commands && linkLocal(hostOf(rawURL)) {
		return errLinkLocal
	}
	return nil
}

// within reports whether a path lies in the folder. Symbolic links are not resolved, because the user made them.
func within(folder, path string) bool {
	if folder == "" || !filepath.IsAbs(path) {
		return false
	}
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel) && rel != "."
}

// hostOf returns the host that a request for a URL would go to; "" for an invalid URL.
func hostOf(rawURL string) string {
	u, err := weburl.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// addressOf returns the IP address of a host, in any spelling that can be dialled; ok is false for a name.
func addressOf(host string) (addr netip.Addr, ok bool) {
	addr, ok = weburl.Literal(host)
	return weburl.Meant(addr), ok
}

func linkLocal(host string) bool {
	addr, ok := addressOf(host)
	return ok && (addr.IsLinkLocalUnicast() || addr.IsLinkLocalMulticast() || addr.IsInterfaceLocalMulticast())
}

func private(host string) bool {
	if host = strings.TrimSuffix(host, "."); host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, ok := addressOf(host)
	return ok && (addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified())
}
