package media

const (
	syncByte = 0x47
	// syncRun is how many sync bytes in a row prove MPEG-TS, where as many packets are there.
	syncRun = 3
	// longRun is the same behind a picture, whose own bytes can be anything.
	longRun = 5
	// leastBehind is how many packets must follow a picture at the end of the bytes. One sync byte stands at that place of one
	// picture in a hundred.
	leastBehind = 2
)

// packets are the sizes of a transport packet, each with what stands before its sync byte: plain, with a time code
// before it (BDAV), with error correction behind it.
var packets = [...]struct{ size, before int }{{188, 0}, {192, 4}, {204, 0}}

// transport looks for sync bytes at the distance of a packet.
func transport(head []byte, end bool) (Kind, answer) {
	return TS, packed(head, syncRun, end)
}

// packed reports whether b is a row of transport packets of one size.
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

// synced reports whether n packets begin b. At the end of the bytes fewer will do, but no fewer than least, if they are whole.
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
