package guess

import (
	"fmt"
	"slices"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// ProxyOpener is implemented by an extractor that can open a proxy for another program, so that the program's requests are
// subject to the guard of site's source. close ends the proxy.
type ProxyOpener interface {
	OpenProxy(site *extract.Site) (address string, close func(), err error)
}

// proxyOption is the option of each program that sets its proxy.
var proxyOption = map[string]string{"yt-dlp": "--proxy", "streamlink": "--http-proxy"}

// guarded returns src with its program set to use a proxy that one of the registry's kinds opens: an untrusted page decides what
// the program requests next, and must not reach private addresses through it. The proposal itself has no proxy: a user who saves
// it trusts it. done closes the proxy.
func (g Guesser) guarded(src source.Source, site *extract.Site) (run source.Source, done func(), err error) {
	option := proxyOption[src.Format]
	for _, x := range g.Registry {
		opener, ok := x.(ProxyOpener)
		if !ok || option == "" {
			continue
		}
		address, done, err := opener.OpenProxy(site)
		if err != nil {
			return src, nil, fmt.Errorf("the proxy of %s cannot listen: %w", src.Format, err)
		}
		src.Command = slices.Insert(slices.Clone(src.Command), 1, option, address)
		return src, done, nil
	}
	return src, func() {}, nil
}
