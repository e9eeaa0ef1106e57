package guess

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPastedPrivateAddressIsAllowed(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "tv.localhost": true, "127.0.0.1": true, "192.168.1.5": true, "10.0.0.7": true,
		"100.101.102.103": true, "fd00::1": true, "fe80::1%eth0": true,
		"nas": true, "NAS.local": true, "tv.lan": true, "box.home.arpa.": true, "tuner.internal": true,
		// Names that look public stay guarded, even if their DNS points to a home network.
		"example.org": false, "local.example.org": false, "93.184.216.34": false, "nas.example.lan.org": false,
		// Spellings that hide an address are not what a user writes.
		"2130706433": false, "0x7f000001": false,
	} {
		assert.Equal(t, want, isLiteralPrivate(host), host)
	}
}
