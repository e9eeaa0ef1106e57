package app

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"gridwall/backend/democdn"
	"gridwall/backend/extract/demo"
	"gridwall/backend/source"
)

const (
	// demoListen is where the demo's CDN listens, so that its feeds are found at the same place after a restart; where
	// the port is taken, any free one does.
	demoListen = "127.0.0.1:8789"
	// demoHeaderTimeout bounds how long a client of the demo's CDN may take to send its header.
	demoHeaderTimeout = 5 * time.Second
)

// demoSource is the source that --demo adds.
func demoSource() source.Source {
	return source.Source{Key: "demo", Name: "Demo", Kind: "demo", Enabled: true, AllowPrivate: true}
}

// demoSite serves the demo's CDN on a loopback port of its own, as a real one would stand somewhere else.
type demoSite struct {
	cdn    *democdn.CDN
	server *http.Server
	served chan struct{}
	base   string
}

func startDemo(log *slog.Logger) (*demoSite, error) {
	cdn, err := democdn.New(democdn.Options{})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", demoListen)
	if err != nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("the demo finds no port: %w", err)
	}
	d := &demoSite{
		cdn: cdn, base: "http://" + listener.Addr().String(), served: make(chan struct{}),
		server: &http.Server{
			Handler: cdn.Handler(), ReadHeaderTimeout: demoHeaderTimeout,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
	}
	go func() {
		defer close(d.served)
		_ = d.server.Serve(listener) // ends with Close
	}()
	log.Debug("the demo's CDN listens", "address", d.base)
	return d, nil
}

// feeds are the demo's feeds with fresh tokens.
func (d *demoSite) feeds() []demo.Feed {
	var out []demo.Feed
	for _, f := range d.cdn.Feeds(d.base) {
		out = append(out, demo.Feed(f))
	}
	return out
}

// close ends the CDN.
func (d *demoSite) close() {
	_ = d.server.Close()
	<-d.served
}
