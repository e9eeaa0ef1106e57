package media

const (
	syncByte = 0x47
	// syncRun is the number of sync bytes in a row that prove MPEG-TS, if there are as many packets.
	syncRun = 3
	// longRun is the same after a picture, whose bytes are arbitrary.
	longRun = 5
	// leastBehind is the least number of packets after a picture at the end of the bytes. One picture in a hundred has a sync byte
	// in that place by chance.
	leastBehind = 2
)

// packets are the sizes of a transport packet, with the number of bytes before its sync byte: plain, with a time code before it
// (BDAV), with error correction after it.
var packets = [...]struct{ size, before int }{{188, 0}, {192, 4}, {204, 0}}

// transport detects sync bytes at the distance of a packet.
func transport(head []byte, end bool) (Kind, answer) {
	return TS, packed(head, syncRun, end)
}

// packed reports whether b consists of transport packets of one size.
func packed(b []byte, run int, end bool) answer {
	open := no
	for _, p := range packets {
		switch synced(b, p.before, p.size, run, 1, end) {
		case yes:
			return yes
		case maybe:
			open = maybe
		}
	}
	return open
}

// synced reports whether b starts with n packets. At the end of the bytes, least whole packets are enough.
func synced(b []byte, before, size, n, least int, end bool) answer {
	for i := range n {
		at := before + i*size
		if at >= len(b) {
			switch {
			case !end:
				return maybe
			case i >= least && len(b)%size == 0:
				return yes
			}
			return no
		}
		if b[at] != syncByte {
			return no
		}
	}
	return yes
}
