package media

import "encoding/binary"

// boxTypes are the ISO boxes at the start of a file or a fragment (ISO/IEC 14496-12, and CMAF).
var boxTypes = map[string]bool{
	"ftyp": true, "styp": true, "moov": true, "moof": true, "mdat": true, "sidx": true, "ssix": true, "emsg": true, "prft": true,
	"free": true, "skip": true, "wide": true, "meta": true, "pdin": true, "uuid": true, "mfra": true, "pssh": true,
}

// maxBox is larger than the first box of any segment, in bytes; a larger size is the letters of a text.
const maxBox = 0x20000000

// boxes detects ISO base media by the first box.
func boxes(head []byte, _ bool) (Kind, answer) {
	if len(head) < 8 {
		return MP4, maybe
	}
	size, name := binary.BigEndian.Uint32(head), string(head[4:8])
	if !boxTypes[name] || size > 1 && size < 8 || size >= maxBox {
		return MP4, no
	}
	if name != "ftyp" {
		return MP4, yes
	}
	if len(head) < 12 {
		return MP4, maybe
	}
	switch string(head[8:12]) {
	case "avif", "avis", "heic", "mif1":
		return AVIF, yes
	}
	return MP4, yes
}
