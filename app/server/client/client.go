package client

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"gridwall/app/server/listen"
)

// Addr returns the address by which a client is counted: the peer's or, behind a reverse proxy on this machine, the one that
// the proxy added last.
func Addr(r *http.Request) string {
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

// Secure reports whether the client reaches the server over TLS, directly or through a reverse proxy. A client that forges the
// header affects only its own response.
func Secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// Scheme returns the scheme of the URL by which the client reaches the server.
func Scheme(r *http.Request) string {
	if Secure(r) {
		return "https"
	}
	return "http"
}

// Local reports whether a request comes from this machine and names it in the Host header: over loopback or, if playback listens
// only on an address of the network, from that same address.
func Local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	from := peer.Addr().Unmap()
	name, _ := SplitHost(r.Host)
	if strings.EqualFold(name, "localhost") {
		return from.IsLoopback()
	}
	to, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	if to = to.Unmap(); from.IsLoopback() {
		return to.IsLoopback()
	}
	here, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && from == to && from == here.AddrPort().Addr().Unmap()
}

// SplitHost splits a Host header; without a port it returns 80.
func SplitHost(host string) (name, port string) {
	if n, p, err := net.SplitHostPort(host); err == nil {
		return n, p
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), "80"
}
