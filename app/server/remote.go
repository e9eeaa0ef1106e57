package server

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"time"

	"gridwall/app/api/fault"
	"gridwall/app/server/client"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
	"gridwall/app/server/webfiles"
)

// Pairing knows the phones that may control the window; implemented by backend/pairing.
type Pairing interface {
	Pair(code, name string) (session string, err error)
	Valid(session string) bool
	End(session string)
}

// pairedLife is how long the cookie of a paired phone lasts; the session itself may end earlier.
const pairedLife = 90 * 24 * time.Hour

// NewRemote builds the server of a window's remote: for phones of the local network, the page of the remote and the operations that
// it needs, for paired phones alone. o needs API, UI, Version and Log. The caller calls Run.
func NewRemote(o Options, listener net.Listener, pairing Pairing) (*Server, error) {
	s := newServer(Options{API: o.API, Version: o.Version, Log: o.Log}, listener, false)
	s.guard.paired = pairing.Valid
	s.guard.origins = nil // no other page may use it, not even one of a development server
	all, mux := http.NewServeMux(), http.NewServeMux()
	rest.Register(all, rest.Options{API: s.o.API, Version: s.o.Version, Log: s.o.Log})
	for _, route := range []string{"GET /api/v1/screens", "GET /api/v1/screens/streams", "POST /api/v1/screens/{id}/commands"} {
		mux.Handle(route, all)
	}
	mux.HandleFunc("GET "+rest.EventsPath, s.events)
	mux.HandleFunc("GET "+rest.HealthPath, s.health)
	pages, err := plainPages(mux, "pair.js")
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+loginPath, func(w http.ResponseWriter, _ *http.Request) { render(w, pages, "pair.html", nil) })
	mux.HandleFunc("POST "+loginPath, func(w http.ResponseWriter, r *http.Request) { s.pair(w, r, pairing) })
	mux.HandleFunc("POST "+logoutPath, func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(s.guard.cookie); err == nil {
			pairing.End(c.Value)
		}
		s.setCookie(w, r, "", -1)
		w.WriteHeader(http.StatusNoContent)
	})
	if o.UI != nil {
		if s.guard.open, err = webfiles.Mount(mux, remoteUI{o.UI}); err != nil {
			return nil, err
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reply.Fail(w, fault.Errorf(fault.CodeNotFound, "unknown route %s; only the remote and its commands are served here", r.URL.Path))
	})
	s.serve(mux)
	inside := s.http.Handler
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isNear(r.RemoteAddr) {
			s.guard.headers(w.Header(), r)
			reply.Fail(w, fault.Errorf(fault.CodeForbidden, "the remote is only for the local network"))
			return
		}
		inside.ServeHTTP(w, r)
	})
	return s, nil
}

// isNear reports whether an address is one of a local network.
func isNear(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	a := peer.Addr().Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// pair starts the session of a phone if the request contains the code that the window shows.
func (s *Server) pair(w http.ResponseWriter, r *http.Request, pairing Pairing) {
	var body struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Code == "" {
		reply.Fail(w, fault.Errorf(fault.CodeBadRequest, `send {"code": "…"}`))
		return
	}
	addr := client.Addr(r)
	if wait := s.guard.wrong.Paused(addr, body.Code); wait > 0 {
		reply.Fail(w, tooMany(wait))
		return
	}
	session, err := pairing.Pair(body.Code, body.Name)
	if err != nil {
		s.o.Log.Warn("a phone sent a wrong code", "address", addr)
		s.guard.failed(addr, body.Code, true)
		reply.Fail(w, err)
		return
	}
	s.guard.wrong.Succeeded(addr)
	s.o.Log.Info("a phone was paired", "address", addr)
	s.setCookie(w, r, session, pairedLife)
	w.WriteHeader(http.StatusNoContent)
}

// remoteUI is the UI with a mark in its page, by which the page shows the remote whatever its address.
type remoteUI struct{ fs.FS }

// ReadFile is for fs.ReadFile.
func (u remoteUI) ReadFile(name string) ([]byte, error) {
	body, err := fs.ReadFile(u.FS, name)
	if name == "index.html" {
		body = bytes.Replace(body, []byte("</head>"), []byte(`<meta name="gridwall-page" content="remote"></head>`), 1)
	}
	return body, err
}
