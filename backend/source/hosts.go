package source

import (
	"slices"

	"gridwall/backend/stream"
	"gridwall/backend/tomlfile"
	"gridwall/backend/weburl"
)

// maxHosts bounds stream_hosts: a stream comes from a few domains.
const maxHosts = 64

// hosts returns the domains in the list at key.
func (r *reader) hosts(key string) []string {
	v, ok := r.values[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.Fail(key, `%s must be a list of host names, as in ["cdn.example"], not %s`, key, show(v))
		return nil
	}
	if len(list) > maxHosts {
		r.Fail(key, "%s has more than %d entries", key, maxHosts)
		return nil
	}
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			r.Fail(key, `each entry of %s must be a host name in quotes, as in "cdn.example", not %s`, key, show(item))
			return nil
		}
		domain, err := weburl.Domain(s)
		if err != nil {
			r.Fail(key, "%s: %q cannot be used: %v", key, tomlfile.Shorten(stream.RedactText(s)), err)
			return nil
		}
		if !slices.Contains(out, domain) {
			out = append(out, domain)
		}
	}
	return out
}
