package server

import (
	"net"
	"net/http"

	"gridwall/app/api/fault"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
)

// NewPlayback builds the server of a window. It serves only playback, the calendar for calendar apps, and /healthz, because the
// window's page calls the facade without HTTP. o needs API, Playback, Version and Log; without an API there is no calendar. The
// caller calls Run.
//
// The window's page and the players on this machine have no token, so none is needed over loopback. On any other address,
// config.toml must set a token, and other machines need it.
func NewPlayback(o Options, listener net.Listener) (*Server, error) {
	if err := CheckListen(listener.Addr().String(), o.Token, o.PlayToken); err != nil {
		return nil, err
	}
	s := newServer(o, listener, true)
	mux := http.NewServeMux()
	mux.Handle("GET "+rest.HealthPath, http.HandlerFunc(s.health))
	mux.Handle("/hls/", o.Playback)
	if o.API != nil {
		mux.Handle("GET "+rest.CalendarPath, http.HandlerFunc(s.calendar))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		reply.Fail(w, fault.Errorf(fault.CodeNotFound, "only playback (/hls/) and the calendar are served here; use Gridwall's window for everything else"))
	})
	s.serve(mux)
	return s, nil
}
