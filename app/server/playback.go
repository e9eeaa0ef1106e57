package server

import (
	"net"
	"net/http"

	"gridwall/app/api"
)

// NewPlayback builds the server of a window: playback, the calendar for calendar apps, and /healthz; nothing else of
// what New serves, because the window's page reaches the facade without HTTP. Of o it needs API, Playback, Version and
// Log; without an API there is no calendar. Run serves it.
//
// A window's page and the players of this machine have no token, so on loopback none is asked for; on any other
// address, where config.toml must have set one, other machines need it.
func NewPlayback(o Options, listener net.Listener) (*Server, error) {
	if err := CheckListen(listener.Addr().String(), o.Token, o.PlayToken); err != nil {
		return nil, err
	}
	s := newServer(o, listener, true)
	mux := http.NewServeMux()
	mux.Handle("GET "+healthPath, http.HandlerFunc(s.health))
	mux.Handle("/hls/", o.Playback)
	if o.API != nil {
		mux.Handle("GET "+feedPath, http.HandlerFunc(s.feed))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, api.Errorf(api.CodeNotFound, "there is only playback here, under /hls/, and the calendar; Gridwall's own page is its window"))
	})
	s.serve(mux)
	return s, nil
}
