package app

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"

	"gridwall/app/api"
	"gridwall/app/server"
	"gridwall/backend/pairing"
	"gridwall/backend/settings"
	"gridwall/backend/stream"
	"gridwall/frontend"
)

// remotePort is where the window listens for phones, or on any free port if it is in use.
const remotePort = 8790

// remote lets phones of the local network control the window, while the setting ui.remote is on. It is safe for concurrent use.
type remote struct {
	*pairing.Pairing
	api      func() *api.API
	version  string
	on       func() bool
	loops    *sync.WaitGroup
	onChange func()
	log      *slog.Logger

	mu   sync.Mutex
	ctx  context.Context    // the program's; nil before start
	stop context.CancelFunc // nil while it does not listen
	port int
	err  error // why it cannot listen
}

func (a *App) newRemote() *remote {
	changed := a.publishing(api.EventScreens)
	return &remote{
		Pairing: pairing.New(phoneRecords{a.store}, changed, a.o.Log),
		api:     func() *api.API { return a.api }, version: a.o.Version, loops: &a.loops, onChange: changed, log: a.o.Log,
		on: func() bool { return a.settings.Get(settings.KeyRemote) == settings.On },
	}
}

// start begins to listen if the setting is on, until ctx is done.
func (r *remote) start(ctx context.Context) {
	r.mu.Lock()
	r.ctx = ctx
	r.mu.Unlock()
	r.apply()
}

// apply listens, or stops listening, as the setting says.
func (r *remote) apply() {
	r.mu.Lock()
	on, changed := r.on(), false
	switch {
	case r.ctx == nil || r.ctx.Err() != nil:
	case on && r.stop == nil:
		changed = true
		if r.err = r.listen(); r.err != nil {
			r.log.Warn("cannot listen for remotes", "error", r.err)
		}
	case !on && (r.stop != nil || r.err != nil):
		changed = true
		r.close()
	}
	r.mu.Unlock()
	if changed {
		r.onChange()
	}
}

// close stops listening; the caller holds r.mu.
func (r *remote) close() {
	if r.stop != nil {
		r.stop()
	}
	r.stop, r.err = nil, nil
	r.Forget()
}

// listen serves the remote; the caller holds r.mu.
func (r *remote) listen() error {
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(remotePort))
	if err != nil {
		r.log.Info("cannot listen for remotes on the usual port; trying another", "port", remotePort, "error", err)
		if listener, err = net.Listen("tcp", ":0"); err != nil {
			return err
		}
	}
	ui, built := frontend.Dist()
	if !built {
		ui = nil
	}
	s, err := server.NewRemote(server.Options{API: r.api(), UI: ui, Version: r.version, Log: r.log}, listener, r.Pairing)
	if err != nil {
		_ = listener.Close()
		return err
	}
	ctx, stop := context.WithCancel(r.ctx)
	r.stop = stop
	if a, ok := listener.Addr().(*net.TCPAddr); ok {
		r.port = a.Port
	}
	r.log.Info("listening for remotes on the local network", "port", r.port)
	r.loops.Go(func() {
		defer stop()
		if err := s.Run(ctx); err != nil {
			r.log.Error("the remote has ended", "error", err)
		}
	})
	return nil
}

// Access says how phones reach the remote.
func (r *remote) Access() pairing.Access {
	r.mu.Lock()
	listening, port, err := r.stop != nil, r.port, r.err
	r.mu.Unlock()
	out := pairing.Access{Available: true, On: r.on(), Addresses: []string{}, Phones: r.Phones()}
	if err != nil {
		text := stream.RedactText(err.Error())
		out.Error = &text
	}
	if !listening {
		return out
	}
	for _, a := range localAddresses() {
		out.Addresses = append(out.Addresses, "http://"+netip.AddrPortFrom(a, uint16(port)).String())
	}
	if code, ends := r.Code(); code != "" {
		out.Code, out.CodeExpiresAt = code, &ends
	}
	return out
}

// NewCode makes a new code for pairing.
func (r *remote) NewCode() error {
	r.mu.Lock()
	listening := r.stop != nil
	r.mu.Unlock()
	if !listening {
		return stream.Errorf(stream.ErrInvalid, "switch on Listen on the local network first")
	}
	r.Pairing.NewCode()
	r.onChange()
	return nil
}

// localAddresses returns this machine's addresses in local networks, IPv4 first.
func localAddresses() (out []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, one := range all {
		if p, err := netip.ParsePrefix(one.String()); err == nil && p.Addr().Unmap().IsPrivate() {
			out = append(out, p.Addr().Unmap())
		}
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return out
}
