package httpclient

import (
	"gridwall/backend/cookies"
	"gridwall/backend/weburl"
	"net/http"
	"net/url"
)

// Transports returns the guarded transport of a policy; backend/upstream.Pool implements it.
type Transports interface {
	Transport(allowPrivate bool, proxyURL string) (http.RoundTripper, error)
}

// Policy holds the settings for the requests of one stream, source or calendar.
type Policy struct {
	// AllowPrivate permits addresses that are not on the public internet.
	AllowPrivate bool
	// Proxy is the URL of a forward proxy; "" for none.
	Proxy string
	// Home is the address that Headers were written for; nil if it is not known yet.
	Home *url.URL
	// Headers are the source's.
	Headers map[string]string
	// StreamHosts are the hosts besides Home's that secrets may be sent to.
	StreamHosts []string
	// Allow is called before each redirect (see Client.Allow); nil allows all.
	Allow func(next *url.URL) error
}

// New returns the client of a policy. jar keeps its cookies; nil for none. It fails if t has no transport for the
// policy's proxy.
func New(t Transports, p Policy, jar *cookies.Jar) (*Client, error) {
	rt, err := t.Transport(p.AllowPrivate, p.Proxy)
	if err != nil {
		return nil, err
	}
	return &Client{Transport: rt, Jar: jar, Headers: p.Headers, Home: p.Home, Scope: weburl.NewScope(p.Home, p.StreamHosts), Allow: p.Allow}, nil
}
