package listen

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// TCP listens on a TCP address. Its errors contain choose, which says where the address is set, such as "with --listen".
func TCP(address, choose string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, listenError(address, choose, err)
	}
	return listener, nil
}

// listenError returns an error that says what is wrong with the address, and where to choose another one.
func listenError(address, choose string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen %s: the port is in use; stop the other program, or choose another port %s", address, choose)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen %s: this machine has no such address; choose another %s", address, choose)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen %s: not permitted; choose a port above 1023 %s", address, choose)
	}
	return fmt.Errorf("listen %s: %w; choose another address %s", address, err, choose)
}

// AddressRecord stores the address that playback listens on.
type AddressRecord interface {
	Load() ([]byte, error) // nil if none was saved
	Save(doc []byte) error
}

// playbackAddress is the address where playback listened last. It is reused because players have URLs with its port: a playlist in
// VLC or in a media server still plays after a restart.
type playbackAddress struct {
	Wanted  string `json:"wanted"`  // proxy.listen at that time
	Address string `json:"address"` // the address that it listened on
}

// Playback listens where playback listened last; else on wanted, the value of proxy.listen; else on any free port of the same
// host. It stores the address.
func Playback(record AddressRecord, wanted string, log *slog.Logger) (net.Listener, error) {
	const choose = "by listen under [proxy] in config.toml"
	var last playbackAddress
	doc, err := record.Load()
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(doc, &last) != nil || last.Wanted != wanted {
		last = playbackAddress{}
	}
	host, _, err := net.SplitHostPort(wanted)
	if err != nil {
		return nil, listenError(wanted, choose, err)
	}
	var first error
	for _, address := range slices.Compact([]string{last.Address, wanted, net.JoinHostPort(host, "0")}) {
		if address == "" {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			log.Info("cannot listen for playback; trying another address", "address", address, "error", err)
			if first == nil || address == wanted {
				first = listenError(address, choose, err)
			}
			continue
		}
		now := playbackAddress{Wanted: wanted, Address: listener.Addr().String()}
		if now != last {
			doc, err := json.Marshal(now)
			if err == nil {
				err = record.Save(doc)
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

// LocalURL returns the URL by which programs on this machine reach a listener: http://HOST:PORT.
func LocalURL(listener net.Listener) string {
	a, err := netip.ParseAddrPort(listener.Addr().String())
	if err != nil {
		return "http://" + listener.Addr().String()
	}
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return "http://" + a.String()
}
