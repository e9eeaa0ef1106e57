package app

import (
	"context"
	"slices"
	"strings"
	"sync"

	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// trying holds the sources that are being tried before they are saved.
type trying struct {
	mu   sync.Mutex
	list []*source.Source
}

// add holds src until done is called.
func (t *trying) add(src source.Source) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	entry := &src
	t.list = append(t.list, entry)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.list = slices.DeleteFunc(t.list, func(s *source.Source) bool { return s == entry })
	}
}

func (t *trying) names(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.list, func(s *source.Source) bool { return names(*s, host) })
}

// namesHost reports whether a source names the host, may fetch private addresses, and is enabled or being tried.
// backend/access decides which callers may write a source that names a link-local address.
func (b *Base) namesHost(host string) bool {
	return b.trying.names(host) || slices.ContainsFunc(b.dir.All(), func(e source.Entry) bool {
		return e.Err == nil && e.Source.Enabled && names(e.Source, host)
	})
}

func names(s source.Source, host string) bool {
	return s.AllowPrivate && slices.ContainsFunc(s.Hosts(), func(h string) bool { return strings.EqualFold(h, host) })
}

// trials is the extraction service; a source may dial the link-local hosts that it names during its dry run.
type trials struct {
	*extract.Service
	trying *trying
}

// Try runs a source once and stores nothing.
func (t trials) Try(ctx context.Context, src source.Source) extract.Trial {
	defer t.trying.add(src)()
	return t.Service.Try(ctx, src)
}

// namedGuesser is the guesser; it may dial a link-local host that the address names.
type namedGuesser struct {
	guesser
	trying *trying
}

// Guess treats the address as a source that is being tried: the facade has checked that the caller may fetch it.
func (g namedGuesser) Guess(ctx context.Context, rawURL string, programs bool) (api.Guess, error) {
	defer g.trying.add(source.Source{URL: rawURL, AllowPrivate: true})()
	return g.guesser.Guess(ctx, rawURL, programs)
}
