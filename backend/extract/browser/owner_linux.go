package browser

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// ownerOf returns the user whose process opened the IPv4 connection from remote to local (both ADDRESS:PORT on this
// machine); known is false if the kernel does not list the connection.
func ownerOf(remote, local string) (uid int, known bool) {
	from, err := netip.ParseAddrPort(remote)
	to, err2 := netip.ParseAddrPort(local)
	if err != nil || err2 != nil || !from.Addr().Is4() || !to.Addr().Is4() {
		return 0, false
	}
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	here, there := inHex(from), inHex(to)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// sl local_address rem_address st tx:rx tr:tm retrnsmt uid …
		fields := strings.Fields(lines.Text())
		if len(fields) > 7 && fields[1] == here && fields[2] == there {
			uid, err := strconv.Atoi(fields[7])
			return uid, err == nil
		}
	}
	return 0, false
}

// ownersKnown reports whether the system reports which user owns a connection.
func ownersKnown() bool {
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// inHex returns an address in the kernel's notation: hexadecimal, in the machine's own byte order.
func inHex(a netip.AddrPort) string {
	b := a.Addr().As4()
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(b[:]), a.Port())
}
