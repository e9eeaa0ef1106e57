package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"gridwall/backend/democdn"
	"gridwall/backend/extract/demo"
	"gridwall/backend/source"
)

const (
	// demoListen is where the demo's CDN listens, so that its feeds have the same addresses after a restart. If the port is
	// taken, it listens on any free one.
	demoListen = "127.0.0.1:8789"
	// demoHeaderTimeout limits how long a client of the demo's CDN may take to send its header.
	demoHeaderTimeout = 5 * time.Second
	// kindDemo is the kind of the demo's source, whether a file describes it or --demo adds it.
	kindDemo = "demo"
)

// demoSource returns the source that --demo adds.
func demoSource() source.Source {
	return source.Source{Key: "demo", Name: "Demo", Kind: kindDemo, Enabled: true, AllowPrivate: true}
}

// hasDemo reports whether an enabled source has the kind demo.
func (b *Base) hasDemo() bool {
	for _, e := range b.dir.All() {
		if e.Source.Kind == kindDemo && e.Source.Enabled && e.Err == nil {
			return true
		}
	}
	return false
}

// errDemoEnded is returned to the demo's source while the program ends.
var errDemoEnded = errors.New("the demo has ended")

// demoOnDemand serves the demo's CDN on its own loopback port, separate from the server, as a real CDN would be. It starts
// when its feeds are first requested, so that it costs nothing without a demo. It then runs until the program ends: a user who
// deletes the demo's source while it plays may undo that. It is safe for concurrent use.
type demoOnDemand struct {
	log *slog.Logger

	mu     sync.Mutex
	ended  bool
	cdn    *democdn.CDN // nil before the start; never replaced
	server *http.Server
	served chan struct{}
	base   string
}

// start starts the CDN if it is not running yet, and returns its address.
func (d *demoOnDemand) start() (base string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended {
		return "", errDemoEnded
	}
	if d.cdn != nil {
		return d.base, nil
	}
	cdn, err := democdn.New(democdn.Options{})
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", demoListen)
	if err != nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("the demo cannot listen on a port: %w", err)
	}
	d.cdn, d.base, d.served = cdn, "http://"+listener.Addr().String(), make(chan struct{})
	d.server = &http.Server{
		Handler: cdn.Handler(), ReadHeaderTimeout: demoHeaderTimeout,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	server, served := d.server, d.served
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends with Close
	}()
	d.log.Debug("the demo's CDN listens", "address", d.base)
	return d.base, nil
}

// feeds returns the demo's feeds with fresh tokens.
func (d *demoOnDemand) feeds() ([]demo.Feed, error) {
	base, err := d.start()
	if err != nil {
		return nil, err
	}
	var out []demo.Feed
	for _, f := range d.cdn.Feeds(base) {
		out = append(out, demo.Feed(f))
	}
	return out, nil
}

// close stops the CDN; it cannot be started again.
func (d *demoOnDemand) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
	if d.server != nil {
		_ = d.server.Close()
		<-d.served
	}
}
