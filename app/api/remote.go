package api

import (
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"gridwall/backend/httpclient"
	"gridwall/backend/settings"
	"gridwall/backend/source"
)

// Caller is who asks the facade over a network. What a caller without Commands may not have is decided in this file alone,
// for each method that reads files, names hosts or runs programs for anyone who asks.
//
// allow_private in a source's text stays the caller's to set: it is the one word by which private addresses are opened.
type Caller struct {
	// Commands permits programs of this machine to be run: server.allow_commands. Who may run programs could have all the
	// rest by a program, so it permits everything.
	Commands bool
	// Here says that the caller is on this machine, and so reaches its addresses without us.
	Here bool
	// LoggedIn says that the caller came in by the login page.
	LoggedIn bool
}

type callerKey struct{}

// InPerson is the person in front of the window, who may do everything.
var InPerson = Caller{Commands: true, Here: true}

// WithCaller says in ctx who asks. Without it the caller is one from elsewhere, without Commands.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// caller is who asks, as WithCaller said.
func caller(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

const byHand = "set server.allow_commands = true in config.toml to permit it over HTTP, or edit the file by hand"

// programs are the kinds whose sources run a program of this machine: those of kind command name it, those of kind
// browser have Chromium run the scripts of any page.
var programs = map[string]string{
	kindCommand: "runs a program of this machine",
	kindBrowser: "starts a Chromium of this machine",
}

// errProgram refuses to do something with a source that runs a program, to a caller who may not let programs run.
func errProgram(kind, what string) *Error {
	return Errorf(CodeForbidden, "a source of kind %q %s; set server.allow_commands = true in config.toml to %s over HTTP, or edit its file by hand", kind, programs[kind], what)
}

// mayRun reports why the caller may not have a source of a file run, nil where they may: a program that somebody turned
// off stays off.
func mayRun(ctx context.Context, src source.Source) error {
	if programs[src.Kind] != "" && !src.Enabled && !caller(ctx).Commands {
		return errProgram(src.Kind, "try one that is switched off")
	}
	return nil
}

// mayEnable reports why the caller may not turn a source on, nil where they may.
func mayEnable(ctx context.Context, src source.Source) error {
	if programs[src.Kind] != "" && !caller(ctx).Commands {
		return errProgram(src.Kind, "turn one on")
	}
	return nil
}

// mayWrite reports why the caller may not have a source of this text under key, to keep or to try; nil where they may. It is
// asked before anything else is, so that no answer says whether a file or a variable is there.
//
// What stands in the source's file already may stay: only a change of what is guarded is refused.
func (a *API) mayWrite(ctx context.Context, key string, t SourceText) error {
	if caller(ctx).Commands {
		return nil
	}
	if t.List != "" {
		if err := a.mayList(key); err != nil {
			return err
		}
	}
	src, environment, err := a.parseRaw(key, t.Text)
	if err == nil && src.Kind == kindCommand {
		return errProgram(kindCommand, "write one")
	}
	var kept source.Source
	if was, err := a.o.Sources.Text(key); err == nil {
		if string(was) == t.Text {
			return nil
		}
		// Of a file that is broken nothing is known to be meant.
		if kept, _, err = a.parseRaw(key, string(was)); err != nil {
			kept = source.Source{}
		}
	}
	same := err == nil && src.SameReach(kept)
	switch {
	case environment && !same:
		// With the same reference in a header, another address would get the value.
		return Errorf(CodeForbidden, "${…} in a header reads the environment of this machine; %s", byHand)
	case err != nil:
		return nil // what is wrong with it is for the caller to say
	case src.Kind == kindBrowser && (!same || src.Enabled && !kept.Enabled):
		return errProgram(kindBrowser, "write one")
	case src.Path != "" && src.Path != kept.Path && !a.readable(src.Path):
		return Errorf(CodeForbidden, "url names a file that is not a list in the configuration folder; %s", byHand)
	case src.Cookies != "" && src.Cookies != kept.Cookies && !a.readable(src.Cookies):
		return Errorf(CodeForbidden, "cookies names a file that is not one of cookies in the configuration folder; %s", byHand)
	case src.Proxy != "" && src.Proxy != kept.Proxy:
		return Errorf(CodeForbidden, "proxy sends requests to a host of the local network unseen; %s", byHand)
	}
	for _, host := range src.Hosts() {
		if linkLocal(host) && !slices.Contains(kept.Hosts(), host) {
			return errLinkLocal
		}
	}
	return nil
}

// mayList reports why a caller without Commands may not write the list that is kept for a source; nil where they may. The
// addresses of a list decide where its source's headers go, and other sources may read the same file.
func (a *API) mayList(key string) error {
	list := filepath.Join(a.o.Paths.Sources, key+".m3u")
	for _, e := range a.o.Sources.All() {
		was, err := a.o.Sources.Text(e.Source.Key)
		if err != nil {
			continue // a built-in source has no file
		}
		// Read from the file, for a source whose variable is not set has a path as well.
		src, environment, _ := a.parseRaw(e.Source.Key, string(was))
		if environment && (e.Source.Key == key || src.Path != "" && filepath.Clean(src.Path) == list) {
			return Errorf(CodeForbidden, "the list decides where the value of ${…} in the source %q goes; %s", e.Source.Key, byHand)
		}
	}
	return nil
}

// parseRaw reads the text of the source with a key, with references to the environment as they are written.
func (a *API) parseRaw(key, text string) (src source.Source, environment bool, err error) {
	src, err = source.Parse(filepath.Join(a.o.Paths.Sources, key+".toml"), []byte(text), func(name string) (string, bool) {
		environment = true
		return "${" + name + "}", true
	})
	return src, environment, err
}

// secretFiles are the ends of names of Gridwall's own files, which hold tokens.
var secretFiles = []string{".toml", ".db", ".log"}

// readable reports whether a source that was written over HTTP may name a file: one in the configuration folder that is
// not Gridwall's own.
func (a *API) readable(path string) bool {
	return within(a.o.Paths.Config, path) && !slices.Contains(secretFiles, strings.ToLower(filepath.Ext(path)))
}

var errLinkLocal = Errorf(CodeForbidden, "a link-local address may not be named over HTTP, because cloud providers give their secrets away at such addresses; %s", byHand)

// mayRead reports why the caller may not have a calendar, nil where they may. kept are those that are set already, which
// may stay no matter who set them.
func (a *API) mayRead(ctx context.Context, s settings.Calendar, kept []settings.Calendar) error {
	c := caller(ctx)
	if c.Commands || slices.ContainsFunc(kept, s.SameCalendar) {
		return nil
	}
	const byHand = "name it under [[schedule]] in config.toml, or set server.allow_commands = true there"
	if s.Path != "" {
		path := s.Path
		if !filepath.IsAbs(path) && !strings.HasPrefix(path, "~/") {
			path = filepath.Join(a.o.Paths.Config, path)
		}
		if !within(a.o.Paths.Config, path) {
			return Errorf(CodeForbidden, "path names a file outside of the configuration folder; %s", byHand)
		}
	}
	switch host := hostOf(s.URL); {
	case s.URL == "":
	case linkLocal(host):
		return errLinkLocal
	case private(host) && !c.Here:
		return Errorf(CodeForbidden, "a calendar at a private address may be named over HTTP from this machine alone; %s", byHand)
	}
	return nil
}

// mayAsk reports why the caller may not have an address looked at, nil where they may.
func mayAsk(ctx context.Context, rawURL string) error {
	if !caller(ctx).Commands && linkLocal(hostOf(rawURL)) {
		return errLinkLocal
	}
	return nil
}

// within reports whether a path lies in the folder, links apart: those are the user's own.
func within(folder, path string) bool {
	if folder == "" || !filepath.IsAbs(path) {
		return false
	}
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel) && rel != "."
}

// hostOf is the host that a request for an address would go to; "" where there could be none.
func hostOf(rawURL string) string {
	u, err := httpclient.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// addressOf is the address that a host is written as, in any spelling that is dialled; ok is false for a name.
func addressOf(host string) (addr netip.Addr, ok bool) {
	addr, ok = httpclient.Literal(host)
	return httpclient.Meant(addr), ok
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
