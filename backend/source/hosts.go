package source

import (
	"fmt"
	"slices"

	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
)

// maxHosts bounds stream_hosts; a feed comes from a few domains.
const maxHosts = 64

// hosts reads a list of domains.
func (r *reader) hosts(key string) []string {
	v, ok := r.values[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.fail(key, `%s is a list of host names, as in ["cdn.example"], not %s`, key, show(v))
		return nil
	}
	if len(list) > maxHosts {
		r.fail(key, "%s has more than %d entries", key, maxHosts)
		return nil
	}
	var out []string
	for i, item := range list {
		path := fmt.Sprintf("%s.%d", key, i)
		s, ok := item.(string)
		if !ok {
			r.fail(path, `each entry of %s is a host name in quotes, as in "cdn.example", not %s`, key, show(item))
			return nil
		}
		domain, err := httpclient.Domain(s)
		if err != nil {
			r.fail(path, "%s: %q cannot be used: %v", key, shorten(stream.RedactText(s)), err)
			return nil
		}
		if !slices.Contains(out, domain) {
			out = append(out, domain)
		}
	}
	return out
}
