package m3u

import (
	"bytes"

	"gridwall/backend/chanlist"
)

// info is the content of an #EXTINF line. Its buffers are reused for the next one.
type info struct {
	title []byte
	// group is the entry's group. It is valid, even if empty, if grouped is set.
	group   []byte
	grouped bool
	// logo is the address of the channel's logo.
	logo []byte
	// tvgName and tvgID name an entry without a title.
	tvgName, tvgID []byte
	// address is an address at the end of the title. It is used if no line with an address follows.
	address []byte
	// short is the length of the title without that address.
	short int
}

func (i *info) reset() {
	i.title, i.group, i.logo, i.tvgName, i.tvgID = i.title[:0], i.group[:0], i.logo[:0], i.tvgName[:0], i.tvgID[:0]
	i.grouped, i.address, i.short = false, i.address[:0], 0
}

// setGroup sets the entry's group.
func (i *info) setGroup(group []byte) {
	i.group, i.grouped = append(i.group[:0], bytes.TrimSpace(group)...), true
}

// name returns the entry's title, or tvgName or tvgID in its place.
func (i *info) name() []byte {
	switch {
	case len(i.title) > 0:
		return i.title
	case len(i.tvgName) > 0:
		return i.tvgName
	}
	return i.tvgID
}

// read parses the text after "#EXTINF": a duration, attributes name="value", a comma, the title. It adds attributes that are
// headers to o.
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

// durationEnd returns the index after the duration, which has neither a name nor a value.
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

// addressAt returns the index of an http or https address at the end of the title, after a blank or a comma; -1 if there is none.
func addressAt(title []byte) int {
	if bytes.IndexByte(title, ':') < 0 {
		return -1
	}
	colon := bytes.LastIndex(title, []byte("://"))
	if colon < len("http") {
		return -1
	}
	at := bytes.LastIndexAny(title[:colon], " \t,") + 1
	if !chanlist.IsWebAddress(title[at:]) || bytes.ContainsAny(title[at:], " \t") {
		return -1
	}
	return at
}
