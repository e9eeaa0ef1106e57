package token

import "strings"

// company records what one query contains, for parameters whose meaning depends on the others.
type company struct {
	// token: it contains a hash or another permission, under any name.
	token bool
	// hash: one of them is a hash.
	hash bool
	// ends: it contains an expiry, under a short or a long name.
	ends bool
	// begins: a time of issue under one of MediaVault's names.
	begins int64
	// issued: it contains a time of issue under another name.
	issued bool
	// read: it was read from a query, not assumed.
	read bool
	// wangsu and signed: wsSecret=, sign=<hash>.
	wangsu, signed bool
	// end: a parameter whose class is expiry has a time.
	end bool
	// format and shortFormat name the format of an expiry in this query, under a long name and under e=.
	format, shortFormat string
	// sig: Azure's signature.
	sig bool
	// preview: one of the names that Tencent's VOD writes beside its t=.
	preview bool
	// window: the start of an event or of a recording, under a name that few tokens use; opened: as a Unix time; lasting: a
	// lifetime that only tokens have.
	window, lasting, opened bool
	// vendor is the prefix of the secret's and the time's names: ksSecret=, ksTime=.
	vendor string
}

func companyOf(pairs []pair) (c company) {
	c.read, c.format, c.shortFormat = true, "expires", "secure_link"
	for i := range pairs {
		p := &pairs[i]
		switch p.class {
		case shortHash, permit, secret, stamped, policy:
			if hashLike(p.value) {
				c.token, c.hash = true, true
			} else if p.class != shortHash && opaqueParts(p.value, 8) {
				c.token = true
			}
			c.begins = max(c.begins, startOf(p))
			c.meet(p)
			if p.class == permit && p.value != "" && p.value[0] == '{' {
				c.ends = true // Twitch
			}
		case issue:
			c.issued = c.issued || instant(p.value) != 0
		case life:
			c.end = c.end || unix(p.value) != 0
			c.lasting = c.lasting || !strings.EqualFold(p.name, "duration") && seconds(p.value) != 0
		case preview:
			c.preview = true
		case other:
			c.window = c.window || windowStart(p.name)
			c.opened = c.opened || windowStart(p.name) && unix(p.value) != 0
		case hexTime:
			c.opened = c.opened || unix(p.value) != 0
		case shortEnd, hexShort:
			c.ends = true
		case windowEnd, expiry:
			c.ends = true
			c.end = c.end || instant(p.value) != 0
			c.lasting = c.lasting || p.class == expiry && instant(p.value) == 0 && seconds(p.value) != 0
		case hexExpiry, anyExpiry, endTime, azureEnd:
			c.ends, c.end = true, true
		}
	}
	return c
}

// meet records a parameter whose name decides what the others mean.
func (c *company) meet(p *pair) {
	switch name := p.name; len(name) {
	case 1:
		if name[0]|0x20 == 'h' {
			c.shortFormat = "mediavault"
		}
	case 3:
		c.sig = c.sig || strings.EqualFold(name, "sig")
	case 4, 7:
		switch {
		case strings.EqualFold(name, "keyname"):
			c.format = "google"
		case c.format == "expires" && (strings.EqualFold(name, "sparams") || strings.EqualFold(name, "lsig")):
			c.format = "googlevideo"
		}
	case 8:
		c.wangsu = c.wangsu || strings.EqualFold(name, "wssecret")
	case 11:
		if strings.EqualFold(name, "key-pair-id") {
			c.format = "cloudfront"
		}
	}
	if n := len(p.name) - len("secret"); n > 0 && p.class == secret && strings.EqualFold(p.name[n:], "secret") {
		c.vendor = p.name[:n]
	}
	c.signed = c.signed || p.class == stamped && isHex(p.value, 32)
}

// vendorTime reads the expiry in <vendor>Time if there is a <vendor>Secret: ksTime= beside ksSecret=.
func (c *company) vendorTime(p *pair) int64 {
	if n := len(c.vendor); n > 0 && len(p.name) == n+len("time") && strings.EqualFold(p.name[:n], c.vendor) && strings.EqualFold(p.name[n:], "time") {
		return eitherUnix(p.value)
	}
	return 0
}

// lifeStart reads the start of a token's lifetime from a parameter that events use as well.
func (c *company) lifeStart(p *pair) int64 {
	if c.hash && c.lasting && (p.class == hexTime || windowStart(p.name)) {
		return unix(p.value)
	}
	return 0
}

// windowStart reports whether a name is that of an event's start: then the query has the event's end, not a token's.
func windowStart(name string) bool {
	switch len(name) {
	case 4:
		return strings.EqualFold(name, "from")
	case 5:
		return strings.EqualFold(name, "start") || strings.EqualFold(name, "begin")
	case 8:
		return strings.EqualFold(name, "start_at")
	case 9:
		return strings.EqualFold(name, "starttime") || strings.EqualFold(name, "begintime") || strings.EqualFold(name, "starts_at")
	case 10:
		return strings.EqualFold(name, "start_time") || strings.EqualFold(name, "begin_time")
	}
	return false
}

// startOf reads MediaVault's s= and the similar st=: when the token becomes valid.
func startOf(p *pair) int64 {
	if strings.EqualFold(p.name, "s") || strings.EqualFold(p.name, "st") {
		return instant(p.value)
	}
	return 0
}
