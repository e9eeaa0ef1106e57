package extract

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// ownHeaders are never taken from what a site or a tool says: those of the connection, those that say what the client can
// read, and conditions, which would turn an answer into a 304. They are the proxy's own.
var ownHeaders = map[string]bool{
	"Host": true, "Connection": true, "Content-Length": true, "Transfer-Encoding": true, "Upgrade": true, "Te": true,
	"Trailer": true, "Keep-Alive": true, "Expect": true, "Proxy-Authorization": true, "Proxy-Connection": true,
	"Range": true, "Accept": true, "Accept-Encoding": true,
	"If-Match": true, "If-None-Match": true, "If-Modified-Since": true, "If-Unmodified-Since": true, "If-Range": true,
	"Sec-Fetch-Mode": true, "Sec-Fetch-Dest": true, "Sec-Fetch-Site": true, "Sec-Fetch-User": true, "Upgrade-Insecure-Requests": true,
}

// UsableHeader returns a header that a list, an API or a tool names for the CDN, its name in canonical form and its value
// without blanks around it. ok is false for one that cannot be sent, or is not theirs to set.
func UsableHeader(name, value string) (canonical, trimmed string, ok bool) {
	canonical, trimmed = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.Trim(value, " \t")
	if trimmed == "" || ownHeaders[canonical] || !httpguts.ValidHeaderFieldName(canonical) || !httpguts.ValidHeaderFieldValue(trimmed) {
		return "", "", false
	}
	return canonical, trimmed, true
}
