package stream

import "time"

// Stream is one playable feed that an extraction found.
type Stream struct {
	// ID is minted when the stream is first seen, and outlives every URL that the stream has.
	ID string `json:"id"`
	// SiteKey and SiteName are the key and the name of the source that listed it.
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	Title    string `json:"title"`
	// Quality is the source's own word for it, such as "1080p"; "" where it says none.
	Quality string `json:"quality"`
	// Group and Logo are what a channel list says beside the title: its group, and the http(s) address of a picture.
	Group string `json:"group,omitempty"`
	Logo  string `json:"logo,omitempty"`
	// URL is the newest upstream URL, token included.
	URL string `json:"url"`
	// Headers go with every request to the CDN: the source's stream headers, overlaid by those that the
	// extraction gave for this stream alone.
	Headers map[string]string `json:"headers,omitempty"`
	// ExtractedAt is when the extraction that brought URL was run, in UTC.
	ExtractedAt time.Time `json:"extracted_at"`
	// Health is what the last check said; nil before the first.
	Health *Health `json:"health,omitempty"`
}

// Health is the outcome of one check of one stream.
type Health struct {
	CheckedAt time.Time `json:"checked_at"`
	// Live reports whether the address answered a playlist, and a variant (or a segment) of it answered too.
	Live bool `json:"live"`
	// ResponseTime is how long the playlist took from request to last byte.
	ResponseTime time.Duration `json:"response_time"`
	// Bitrate is the greatest BANDWIDTH of the multivariant playlist in bit/s; 0 if it names none.
	Bitrate int64 `json:"bitrate,omitempty"`
	// Codecs are what the variants of the multivariant playlist declare (the attribute CODECS, RFC 6381), the best
	// variant's first and each list once; empty if it declares none.
	Codecs []string `json:"codecs,omitempty"`
	// Reason says why the stream is not live, redacted; "" when it is.
	Reason string `json:"reason,omitempty"`
}

// Access is what a source's file says about reaching its streams.
type Access struct {
	// AllowPrivate permits private and loopback addresses.
	AllowPrivate bool
	// Proxy is the URL of the forward proxy; "" for none.
	Proxy string
	// Cookies is the path of the cookies.txt; "" for none.
	Cookies string
	// StreamHosts are the domains that the stream's headers and tokens may go to, beside the stream's own.
	StreamHosts []string
}

// Upstream is where a stream is fetched from at this moment, and with what.
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

// Refusal tells a renewer what the CDN refused, and under which token.
type Refusal struct {
	// Generation is that of the Upstream which was refused. A renewer that holds a newer one need not renew.
	Generation uint64
	// URL is what was asked for, token included.
	URL string
	// Status is the HTTP status: 401, 403, 404, 410, or 200 for a web page where media was asked for; any other of a stream
	// that played before under this token; 0 if nothing was answered, or a live playlist stands still.
	Status int
}

// UserAgent is sent to sites and CDNs where a source's file names none: one and the same everywhere, since some
// tokens are salted with the User-Agent that asked for them.
const UserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
