package httpclient

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// notForwarded are headers about one connection, about the body, or about the abilities of the client. Users copy them from
// browsers' tools together with the others, and they break playback: Accept-Encoding causes bodies that are not decompressed,
// Range the wrong bytes, If-None-Match an empty 304.
var notForwarded = map[string]bool{
	"Accept-Encoding": true, "Range": true,
	"If-Match": true, "If-None-Match": true, "If-Modified-Since": true, "If-Unmodified-Since": true, "If-Range": true,
	"Connection": true, "Keep-Alive": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Content-Length": true, "Content-Encoding": true, "Expect": true, "Http2-Settings": true, "Early-Data": true,
}

// maxHeaderValue bounds the value of one header, in bytes; servers refuse more.
const maxHeaderValue = 16 << 10

// Sendable reports whether a header may be sent, whether it comes from a source file, a channel list, a JSON answer or a
// program. All of them use this filter. Host is not sendable: if the user's own file has one, Client sends it to the host that
// it was written for.
func Sendable(name, value string) bool {
	if name == "" || name[0] == '!' || name[0] == ':' || len(value) > maxHeaderValue ||
		!httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
		return false
	}
	name = http.CanonicalHeaderKey(name)
	return !notForwarded[name] && name != "Host" && !strings.HasPrefix(name, "Proxy-")
}

// Filter returns the sendable headers in a site's answer, with canonical names and trimmed values, without empty ones. It
// returns nil if none is left.
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
