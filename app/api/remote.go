package api

import (
	"context"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

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

// granted adds what a call's own AllowCommand says.
func granted(ctx context.Context, allowCommand bool) context.Context {
	if !allowCommand {
		return ctx
	}
	c := caller(ctx)
	c.Commands = true
	return WithCaller(ctx, c)
}

const byHand = "set server.allow_commands = true in config.toml to permit it over HTTP, or edit the file by hand"

// errCommand refuses to do something with a source that runs a program, to who may not let programs run.
func errCommand(what string) *Error {
	return Errorf(CodeForbidden, "a source of kind %q runs a program of this machine; set server.allow_commands = true in config.toml to %s over HTTP, or edit its file by hand", kindCommand, what)
}

// mayRun reports why the caller may not have a source run that stands in a file, nil where they may: a program that
// somebody turned off stays off.
func mayRun(ctx context.Context, src source.Source) error {
	if src.Kind == kindCommand && !src.Enabled && !caller(ctx).Commands {
		return errCommand("try one that is switched off")
	}
	return nil
}

// mayWrite reports why the caller may not have a source of this text under key, to keep or to try; nil where they may. It is
// asked before anything else is, so that no answer says whether a file or a variable is there.
func (a *API) mayWrite(ctx context.Context, key, text string) error {
	if caller(ctx).Commands {
		return nil
	}
	environment := false
	src, err := source.Parse(filepath.Join(a.o.Paths.Sources, key+".toml"), []byte(text), func(string) (string, bool) {
		environment = true
		return "", true
	})
	if err == nil && src.Kind == kindCommand {
		return errCommand("write one")
	}
	if kept, err := a.o.Sources.Text(key); err == nil && string(kept) == text {
		return nil // it stands there already, by hand
	}
	switch {
	case environment:
		return Errorf(CodeForbidden, "${…} in a header reads the environment of this machine; %s", byHand)
	case err != nil:
		return nil // what is wrong with it is for the caller to say
	case src.Path != "" && !within(a.o.Paths.Config, src.Path):
		return Errorf(CodeForbidden, "url names a file outside of the configuration folder; %s", byHand)
	case src.Cookies != "" && !within(a.o.Paths.Config, src.Cookies):
		return Errorf(CodeForbidden, "cookies names a file outside of the configuration folder; %s", byHand)
	case src.Proxy != "":
		return Errorf(CodeForbidden, "proxy sends requests to a host of the local network unseen; %s", byHand)
	}
	addresses := []string{src.URL}
	for _, s := range src.Streams {
		addresses = append(addresses, s.URL)
	}
	for _, s := range addresses {
		if linkLocal(hostOf(s)) {
			return errLinkLocal
		}
	}
	return nil
}

var errLinkLocal = Errorf(CodeForbidden, "a link-local address may not be named over HTTP: cloud providers give their secrets away there; server.allow_commands = true in config.toml permits it")

// mayRead reports why the caller may not have a calendar, nil where they may. kept are those that are set already, which
// may stay no matter who set them.
func (a *API) mayRead(ctx context.Context, s CalendarSetting, kept []CalendarSetting) error {
	c := caller(ctx)
	if c.Commands || slices.ContainsFunc(kept, s.same) {
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

func hostOf(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// addressOf is the address that a host is written as; ok is false for a name. Other spellings of an address (127.1,
// 0x7f000001) are names here, and are refused where they are dialled.
func addressOf(host string) (addr netip.Addr, ok bool) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(host, "."))
	if err != nil {
		return netip.Addr{}, false
	}
	return addr.WithZone("").Unmap(), true
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
