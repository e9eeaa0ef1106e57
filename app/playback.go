package app

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"slices"

	"gridwall/backend/store"
)

// playbackKey is the key, in the bucket of settings, of the address that the window's playback listens on.
const playbackKey = "playback"

// playbackWhere is where another address for playback is chosen.
const playbackWhere = "by listen under [proxy] in config.toml"

// keptAddress is where playback listened last. The addresses that players were given bear its port, so it is kept: a
// playlist in VLC or in a media server is to play tomorrow too.
type keptAddress struct {
	Wanted  string `json:"wanted"`  // proxy.listen of that time
	Address string `json:"address"` // what it came to
}

// listenPlayback listens where playback listened last; else where proxy.listen says; else, where that is taken, on any
// free port of the same host, and on that one from then on.
func listenPlayback(db *store.Store, wanted string, log *slog.Logger) (net.Listener, error) {
	var kept keptAddress
	doc, err := db.Get(store.Settings, playbackKey)
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(doc, &kept) != nil || kept.Wanted != wanted {
		kept = keptAddress{}
	}
	host, _, err := net.SplitHostPort(wanted)
	if err != nil {
		return nil, listenError(wanted, playbackWhere, err)
	}
	tries := slices.Compact([]string{kept.Address, wanted, net.JoinHostPort(host, "0")})
	var first error
	for _, address := range tries {
		if address == "" {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			log.Info("playback listens elsewhere", "taken", address, "error", err)
			if first == nil || address == wanted {
				first = listenError(address, playbackWhere, err)
			}
			continue
		}
		now := keptAddress{Wanted: wanted, Address: listener.Addr().String()}
		if now != kept {
			doc, err := json.Marshal(now)
			if err == nil {
				err = db.Put(store.Settings, playbackKey, doc)
			}
			if err != nil {
				_ = listener.Close()
				return nil, err
			}
		}
		return listener, nil
	}
	return nil, first
}

// playbackURL is how this machine reaches a listener: http://HOST:PORT.
func playbackURL(listener net.Listener) string {
	a, err := netip.ParseAddrPort(listener.Addr().String())
	if err != nil {
		return "http://" + listener.Addr().String()
	}
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return "http://" + a.String()
}
