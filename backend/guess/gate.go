package guess

import (
	"fmt"
	"slices"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// Gatekeeper is implemented by an extractor that can open a proxy for another program, so that what the program asks for
// falls under the guard of site's source. close ends the proxy.
type Gatekeeper interface {
	Gate(site *extract.Site) (address string, close func(), err error)
}

// proxyOption is how the programs of a guess are told of a proxy.
var proxyOption = map[string]string{"yt-dlp": "--proxy", "streamlink": "--http-proxy"}

// guarded is src with a program that goes through a gate of one of the registry's kinds: a page that nobody vouches for
// decides what the program asks for next, and it must not reach what the page itself could not. The proposal stays as
// it is: anyone who keeps it trusts it.
func (g Guesser) guarded(src source.Source, site *extract.Site) (run source.Source, done func(), err error) {
	option := proxyOption[src.Format]
	for _, x := range g.Registry {
		keeper, ok := x.(Gatekeeper)
		if !ok || option == "" {
			continue
		}
		address, done, err := keeper.Gate(site)
		if err != nil {
			return src, nil, fmt.Errorf("the proxy of %s cannot listen: %w", src.Format, err)
		}
		src.Command = slices.Insert(slices.Clone(src.Command), 1, option, address)
		return src, done, nil
	}
	return src, func() {}, nil
}
