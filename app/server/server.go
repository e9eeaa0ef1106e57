package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/server/client"
	"gridwall/app/server/listen"
	"gridwall/app/server/logins"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
)

// Limits and timeouts of the server.
const (
	// headerTimeout limits how long a client may take to send its header; then the connection is closed.
	headerTimeout = 5 * time.Second
	// bodyTimeout limits how long a client may take to send its body; then the response is 408.
	bodyTimeout = 10 * time.Second
	// idleTimeout is how long a connection is kept without a request.
	idleTimeout = 2 * time.Minute
	// maxHeader limits a request's header in bytes: enough for a long token in a URL and for cookies.
	maxHeader = 64 << 10
	// answerTimeout limits a response of the API or a page: extracting all sources takes longest. Playback and events have no
	// such limit.
	answerTimeout = 5 * time.Minute
	// stopTimeout is how long requests in flight may take to finish when the server stops; then they are cut off.
	stopTimeout = 5 * time.Second
)

// Options configure a Server.
type Options struct {
	API *api.API
	// Playback serves everything under /hls/.
	Playback http.Handler
	// UI is the built web UI with index.html at its root; nil for a plain page that says how to build it.
	UI      fs.FS
	Version string
	// Token is server.token, which each request must have. "" for none.
	Token string
	// RandomToken is set if Token is too long and random to be guessed: wrong ones then pause nobody.
	RandomToken bool
	// PlayToken is server.play_token, which permits only playback and the calendar. "" for none.
	PlayToken string
	// Sessions stores the logins; nil: they end with the process.
	Sessions logins.Store
	// TrustedHosts are further values of the Host header that are ours, with or without a port.
	TrustedHosts []string
	// AllowCommands is server.allow_commands: see Commands in api.Caller.
	AllowCommands bool
	Log           *slog.Logger
}

// Server serves the facade on one listener.
type Server struct {
	o        Options
	listener net.Listener
	guard    *guard
	http     *http.Server
	// stopping is cancelled when the server stops, which ends event streams.
	stopping context.Context
	stop     context.CancelFunc
	bodies   *bodies
}

// minToken is the minimum length of server.token and server.play_token, in characters, if other machines can reach the server: a
// shorter one can be guessed.
const minToken = 16

// ErrNeedsToken is returned by CheckListen if no token is configured.
var ErrNeedsToken = errors.New("listening on an address that other machines can reach requires server.token")

// ShortTokenError is returned by CheckListen if a token is short enough to be guessed.
type ShortTokenError struct {
	// Key is the token's key in config.toml.
	Key string
	// Listen is the address.
	Listen string
}

func (e *ShortTokenError) Error() string {
	return fmt.Sprintf("%s is too short: other machines can reach %s, and a token of fewer than %d characters can be guessed; replace it with the output of `openssl rand -hex 16`", e.Key, e.Listen, minToken)
}

// CheckListen returns an error for an address that is not loopback if there is no token, or one that can be guessed. play is
// server.play_token.
func CheckListen(addr, token, play string) error {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w; write it like 127.0.0.1:8787", addr, err)
	}
	if a.IP != nil && a.IP.IsLoopback() {
		return nil
	}
	if token == "" {
		return fmt.Errorf("%s: %w; set token under [server] in config.toml, or listen on 127.0.0.1", addr, ErrNeedsToken)
	}
	for _, t := range []struct{ key, value string }{{"server.token", token}, {"server.play_token", play}} {
		if t.value != "" && len(t.value) < minToken {
			return &ShortTokenError{Key: t.key, Listen: addr}
		}
	}
	return nil
}

// New builds the server on an open listener. Run serves and closes it.
func New(o Options, listener net.Listener) (*Server, error) {
	s := newServer(o, listener, false)
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	s.serve(handler)
	return s, nil
}

func newServer(o Options, listener net.Listener, window bool) *Server {
	s := &Server{o: o, listener: listen.Limit(listener, listen.MaxConns()), guard: newGuard(listener.Addr(), o), bodies: newBodies()}
	if window {
		s.guard.window = true
		s.guard.origins = append(s.guard.origins, webviews...)
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s
}

// serve sets the handler that Run serves, behind the guard.
func (s *Server) serve(handler http.Handler) {
	s.http = &http.Server{
		Handler:           s.recovered(withDeadlines(s.guard.wrap(s.withCaller(s.bodies.bounded(handler))))),
		ConnContext:       listen.ConnContext,
		ConnState:         listen.ConnState,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		// net/http mostly reports clients that disconnected, which is of no interest.
		ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
}

// URL returns the server's address for this machine: http://HOST:PORT.
func (s *Server) URL() string {
	a, ok := s.listener.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + s.listener.Addr().String()
	}
	return "http://" + a.String()
}

// Run serves until ctx is done. Then it ends event streams, waits for requests in flight for at most stopTimeout, cuts off the
// rest, and returns nil.
func (s *Server) Run(ctx context.Context) error {
	defer s.stop()
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(s.listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", s.listener.Addr(), err)
	case <-ctx.Done():
	}
	s.stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := s.http.Shutdown(grace); err != nil {
		s.o.Log.Info("requests in flight are cut off", "after", stopTimeout)
		_ = s.http.Close()
	}
	<-served
	return nil
}

// withCaller adds the caller to the request's context, for the facade.
func (s *Server) withCaller(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, playPath) {
			next.ServeHTTP(w, r) // playback does not use the facade
			return
		}
		// A reverse proxy on this machine forwards requests of other machines.
		here := client.Local(r) && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" && r.Header.Get("Via") == ""
		caller := api.Caller{Commands: s.o.AllowCommands, Here: here, LoggedIn: s.guard.loggedIn(r)}
		next.ServeHTTP(w, r.WithContext(api.WithCaller(r.Context(), caller)))
	})
}

// handler returns the handler of all routes.
func (s *Server) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	rest.Register(mux, rest.Options{API: s.o.API, Version: s.o.Version, Log: s.o.Log})
	mux.Handle("GET /healthz", http.HandlerFunc(s.health))
	mux.Handle("GET /api/v1/events", http.HandlerFunc(s.events))
	mux.Handle("GET "+rest.CalendarPath, http.HandlerFunc(s.calendar))
	mux.Handle("/hls/", s.o.Playback)
	if err := s.mountPages(mux); err != nil {
		return nil, err
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { notFound(mux, w, r) })
	return mux, nil
}

// recovered responds with an error if next panics, and logs the stack.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { // playback aborts a body that it cannot complete
				panic(p)
			}
			s.o.Log.Error("a request failed; this is a bug", "method", r.Method, "path", r.URL.Path,
				"panic", fault.Errorf(fault.CodeInternal, "%v", p).Message, "stack", string(debug.Stack()))
			reply.Fail(w, fault.AsError(errPanic))
		}()
		next.ServeHTTP(w, r)
	})
}

// errPanic is the cause of the response after a panic.
var errPanic = errors.New("panic")

// health reports that the server is up. It needs no token.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	reply.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": s.o.Version})
}
