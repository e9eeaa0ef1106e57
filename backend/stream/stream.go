package stream

import "time"

// Stream is one playable feed that an extraction found.
type Stream struct {
	// ID is assigned when the stream is first seen, and never changes, unlike the stream's URL.
	ID string `json:"id"`
	// SiteKey and SiteName are the key and the name of the source that listed it.
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	Title    string `json:"title"`
	// Quality is the source's own name for the quality, such as "1080p"; "" if it gives none.
	Quality string `json:"quality"`
	// Group and Logo come from a channel list: the channel's group, and the http(s) address of its logo.
	Group string `json:"group,omitempty"`
	Logo  string `json:"logo,omitempty"`
	// URL is the newest upstream URL, token included.
	URL string `json:"url"`
	// Headers are sent with every request to the CDN: the source's stream headers, overridden by those that the extraction
	// found for this stream.
	Headers map[string]string `json:"headers,omitempty"`
	// ExtractedAt is when the extraction that found URL ran, in UTC.
	ExtractedAt time.Time `json:"extracted_at"`
	// Health is the outcome of the last check; nil before the first.
	Health *Health `json:"health,omitempty"`
}

// Health is the outcome of one check of one stream.
type Health struct {
	CheckedAt time.Time `json:"checked_at"`
	// Live reports whether the address answered with a playlist, and one of its variants or segments answered too.
	Live bool `json:"live"`
	// ResponseTime is the time from the playlist's request to its last byte.
	ResponseTime time.Duration `json:"response_time"`
	// Bitrate is the highest BANDWIDTH of the multivariant playlist in bit/s; 0 if it has none.
	Bitrate int64 `json:"bitrate,omitempty"`
	// Codecs are the CODECS attributes (RFC 6381) of the variants of the multivariant playlist, the best variant's first,
	// without duplicates; empty if there are none.
	Codecs []string `json:"codecs,omitempty"`
	// Reason says why the stream is not live, redacted; "" when it is.
	Reason string `json:"reason,omitempty"`
}

// Access holds the settings of a source's file for requests to its streams.
type Access struct {
	// AllowPrivate permits private and loopback addresses.
	AllowPrivate bool
	// Proxy is the URL of the forward proxy; "" for none.
	Proxy string
	// Cookies is the path of the cookies.txt; "" for none.
	Cookies string
	// StreamHosts are the domains that the stream's headers and tokens may be sent to, besides the stream's own.
	StreamHosts []string
}

// Upstream is the current address of a stream, and everything that a request to it needs.
type Upstream struct {
	ID      string
	URL     string
	Headers map[string]string
	// AllowPrivate, Proxy, Cookies and StreamHosts are those of the source's Access.
	AllowPrivate bool
	Proxy        string
	Cookies      string
	StreamHosts  []string
	// Generation grows with every renewal of the stream's token. It starts at 1 in each process.
	Generation uint64
}

// Refusal describes a request that the CDN refused, and the token that it used.
type Refusal struct {
	// Generation is that of the refused Upstream. A renewer that already has a newer one need not renew.
	Generation uint64
	// URL is the refused URL, token included.
	URL string
	// Status is the HTTP status: 401, 403, 404, 410, or 200 for a web page in place of media; any other status of a stream
	// that played before under this token; 0 if there was no answer, or a live playlist is no longer updated.
	Status int
}

// UserAgent is sent to sites and CDNs unless a source's file sets one. It is the same everywhere, because some tokens are
// bound to the User-Agent that requested them.
const UserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
