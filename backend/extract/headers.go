package extract

import (
	"net/http"
	"strings"

	"gridwall/backend/httpclient"
)

// ownHeaders are beside httpclient's those that say what the client wants of an answer: the proxy says so itself.
var ownHeaders = map[string]bool{
	"Accept": true, "Sec-Fetch-Mode": true, "Sec-Fetch-Dest": true, "Sec-Fetch-Site": true, "Sec-Fetch-User": true,
	"Upgrade-Insecure-Requests": true,
}

// UsableHeader returns a header that a list, an API or a tool names for the CDN, its name in canonical form and its value
// without blanks around it. ok is false for one that cannot be sent, or is not theirs to set.
func UsableHeader(name, value string) (canonical, trimmed string, ok bool) {
	canonical, trimmed = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.Trim(value, " \t")
	if trimmed == "" || ownHeaders[canonical] || !httpclient.Sendable(canonical, trimmed) {
		return "", "", false
	}
	return canonical, trimmed, true
}
