package app

import (
	"errors"
	"os"

	"gridwall/backend/extract"
	"gridwall/backend/extract/browser"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
)

// Base holds what every command needs, including those that open no database: the source files, the source kinds and the
// transports.
type Base struct {
	o        Options
	pool     *upstream.Pool
	demo     *demoOnDemand
	registry extract.Registry
	dir      *source.Dir
	trying   trying
}

// NewBase builds a Base. The caller closes it.
func NewBase(o Options) (_ *Base, err error) {
	b := &Base{o: o, pool: upstream.New(), demo: &demoOnDemand{log: o.Log}}
	b.registry = kinds(b.demo.feeds, b.pool)
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	var builtin []source.Source
	if o.Demo {
		if _, err = b.demo.start(); err != nil {
			return nil, err
		}
		builtin = append(builtin, demoSource())
	}
	b.dir, err = source.New(source.Options{Path: o.Paths.Sources(), Log: o.Log, Builtin: builtin, Check: b.registry.Check})
	if err != nil {
		return nil, err
	}
	b.pool.AllowLinkLocal(b.namesHost)
	return b, nil
}

// Close stops the demo and closes idle connections.
func (b *Base) Close() {
	b.demo.close()
	b.pool.Close()
}

// Sources returns the source files.
func (b *Base) Sources() *source.Dir { return b.dir }

// Source returns a valid source by key, even if it is disabled.
func (b *Base) Source(key string) (source.Source, error) {
	for _, e := range b.dir.All() {
		if e.Source.Key == key && e.Err == nil {
			return e.Source, nil
		}
	}
	return b.dir.Get(key)
}

// Extraction builds the extraction service; o holds what differs between commands.
func (b *Base) Extraction(o extract.Options) (*extract.Service, error) {
	o.Registry, o.Sources, o.Transports, o.Tokens, o.Log = b.registry, b.dir, b.pool, tokens{}, b.o.Log
	if o.Timeout == 0 {
		o.Timeout = b.o.Config.Extract.Timeout
	}
	return extract.New(o)
}

// Folders are the values of the flags --config and --data; "" for the defaults.
type Folders struct{ Config, Data string }

// removed reports whether no source has the key: its file was deleted, or it was added by --demo in an earlier run.
func (b *Base) removed(key string) bool {
	_, err := b.dir.Get(key)
	return errors.Is(err, stream.ErrUnknownSource)
}

// CheckSource validates a source by the rules of its kind.
func CheckSource(src source.Source) error { return kinds(nil, nil).Check(src) }

// FindBrowser returns the path of the browser that sources of the kind browser start.
func FindBrowser() (string, error) { return browser.Find(os.Getenv(browserVariable)) }
