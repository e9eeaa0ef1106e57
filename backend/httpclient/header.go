package httpclient

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// notForwarded are headers that speak of one connection, of the body, or of what this client can read. They are copied
// out of browsers' tools along with the others, and break playback: an Accept-Encoding brings bodies that are not
// decompressed, a Range the wrong bytes, an If-None-Match an empty 304.
var notForwarded = map[string]bool{
	"Accept-Encoding": true, "Range": true,
	"If-Match": true, "If-None-Match": true, "If-Modified-Since": true, "If-Unmodified-Since": true, "If-Range": true,
	"Connection": true, "Keep-Alive": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Content-Length": true, "Content-Encoding": true, "Expect": true, "Http2-Settings": true, "Early-Data": true,
}

// maxHeaderValue bounds the value of one header, in bytes; servers refuse more.
const maxHeaderValue = 16 << 10

// Sendable reports whether a header that a source names may go with a request, no matter who named it: a source file, a
// channel list, a JSON answer or a program. It is the one filter of all of them. Host is not sendable: where the user's
// own file names one, Client sends it to the host that it was written for.
func Sendable(name, value string) bool {
	if name == "" || name[0] == '!' || name[0] == ':' || len(value) > maxHeaderValue ||
		!httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
		return false
	}
	name = http.CanonicalHeaderKey(name)
	return !notForwarded[name] && name != "Host" && !strings.HasPrefix(name, "Proxy-")
}

// Filter keeps the sendable headers of a site's answer, under their canonical names and without blanks around their
// values; empty ones are dropped. It returns nil if none is left.
func Filter(headers map[string]string) map[string]string {
	var out map[string]string
	for name, value := range headers {
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if value == "" || !Sendable(name, value) {
			continue
		}
		if out == nil {
			out = make(map[string]string, len(headers))
		}
		out[http.CanonicalHeaderKey(name)] = value
	}
	return out
}
