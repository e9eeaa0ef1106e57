package m3u

import (
	"bytes"

	"gridwall/backend/chanlist"
)

// info is what an #EXTINF line says of the entry that follows. Its buffers are used again for the next.
type info struct {
	title []byte
	// group is the entry's own; it counts where grouped is set, also when it is empty.
	group   []byte
	grouped bool
	// logo is the address of a picture.
	logo []byte
	// tvgName and tvgID name an entry without a title.
	tvgName, tvgID []byte
	// address is an address that stands at the end of the title. It counts where none follows on a line of its own.
	address []byte
	// short is the length of the title without that address.
	short int
}

func (i *info) reset() {
	i.title, i.group, i.logo, i.tvgName, i.tvgID = i.title[:0], i.group[:0], i.logo[:0], i.tvgName[:0], i.tvgID[:0]
	i.grouped, i.address, i.short = false, i.address[:0], 0
}

// setGroup gives the entry a group of its own.
func (i *info) setGroup(group []byte) {
	i.group, i.grouped = append(i.group[:0], bytes.TrimSpace(group)...), true
}

// name returns the entry's title, or what comes nearest.
func (i *info) name() []byte {
	switch {
	case len(i.title) > 0:
		return i.title
	case len(i.tvgName) > 0:
		return i.tvgName
	}
	return i.tvgID
}

// read takes what follows "#EXTINF": a duration, attributes name="value", a comma, the title. Attributes that are headers
// go to o.
func (i *info) read(rest []byte, o *options) {
	i.reset()
	a := attributes{text: rest, at: durationEnd(rest)}
	for a.next() {
		i.set(a.name, a.value, o)
	}
	title := bytes.TrimSpace(a.rest())
	if trailing := trailingAttributes(title); trailing >= 0 {
		a := attributes{text: title, at: trailing}
		for a.next() {
			i.set(a.name, a.value, o)
		}
		title = bytes.TrimRight(title[:trailing], " \t,;")
	}
	i.title = append(i.title, title...)
	if at := addressAt(i.title); at >= 0 {
		i.address = append(i.address, i.title[at:]...)
		i.short = len(bytes.TrimRight(i.title[:at], " \t,"))
	}
}

func (i *info) set(name, value []byte, o *options) {
	switch {
	case equalFold(name, "group-title"), equalFold(name, "tvg-group"):
		i.setGroup(value)
	case equalFold(name, "tvg-logo"), equalFold(name, "logo"):
		i.logo = append(i.logo[:0], value...)
	case equalFold(name, "tvg-name"):
		i.tvgName = append(i.tvgName[:0], bytes.TrimSpace(value)...)
	case equalFold(name, "tvg-id"):
		i.tvgID = append(i.tvgID[:0], bytes.TrimSpace(value)...)
	case chanlist.HeaderNamed(name) != "":
		o.addHeader(name, value)
	}
}

// durationEnd returns where the duration ends: it has neither a name nor a value.
func durationEnd(rest []byte) int {
	at := skipBlanks(rest, 0)
	if at < len(rest) && rest[at] == ':' {
		at = skipBlanks(rest, at+1)
	}
	for at < len(rest) && (rest[at] == '-' || rest[at] == '+' || rest[at] == '.' || isDigit(rest[at])) {
		at++
	}
	return at
}

// addressAt returns where an http or https address stands at the end of the title, with a blank or a comma before it; -1 where
// none does.
func addressAt(title []byte) int {
	if bytes.IndexByte(title, ':') < 0 {
		return -1
	}
	colon := bytes.LastIndex(title, []byte("://"))
	if colon < len("http") {
		return -1
	}
	at := bytes.LastIndexAny(title[:colon], " \t,") + 1
	if !isWeb(title[at:]) || bytes.ContainsAny(title[at:], " \t") {
		return -1
	}
	return at
}
