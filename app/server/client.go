package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"gridwall/app/server/listen"
)

// clientAddr returns the address by which a client is counted: the peer's or, behind a reverse proxy on this machine, the one that
// the proxy added last.
func clientAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr.Unmap().IsLoopback() {
		via := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(via[strings.LastIndexByte(via, ',')+1:])); err == nil {
			addr = last
		}
	}
	return listen.Network(addr)
}

// isSecure reports whether the client reaches the server over TLS, directly or through a reverse proxy. A client that forges the
// header affects only its own response.
func isSecure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// scheme returns the scheme of the URL by which the client reaches the server.
func scheme(r *http.Request) string {
	if isSecure(r) {
		return "https"
	}
	return "http"
}
