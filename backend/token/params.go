package token

import (
	"slices"
	"strings"
)

// maxPairsOnStack is how many query parameters are read without an allocation; more are read as well.
const maxPairsOnStack = 24

// maxPairs bounds the parameters of one query that are looked at, so that a hostile one costs no more than its length.
const maxPairs = 512

// pair is one query parameter; value is unescaped, raw is all of it as written.
type pair struct {
	raw, name, value string
	class            class
}

func parsePairs(query string, out []pair) []pair {
	for query != "" && len(out) < maxPairs {
		var raw string
		raw, query, _ = strings.Cut(query, "&")
		if raw == "" {
			continue
		}
		name, value, _ := strings.Cut(raw, "=")
		name = unescape(name)
		out = append(out, pair{raw, name, unescape(value), classOf(name)})
	}
	return out
}

// company is what stands in one query, for parameters that mean something only beside others.
type company struct {
	// token: a hash or another permission stands in it, under whatever name.
	token bool
	// hash: one of them is a hash.
	hash bool
	// ends: an expiry does, under a short name or a long one.
	ends bool
	// begins: a time of issue under one of MediaVault's names.
	begins int64
	// issued: a time of issue does, under another name.
	issued bool
	// read: it was read off a query, not assumed.
	read bool
	// wangsu and signed: wsSecret=, sign=<hash>.
	wangsu, signed bool
	// end: a parameter whose class is expiry has a time.
	end bool
	// format and shortFormat are what an expiry is called beside the others, under a long name and under e=.
	format, shortFormat string
	// sig: Azure's signature.
	sig bool
	// preview: one of the names that Tencent's VOD writes beside its t=.
	preview bool
	// window: the start of an event or of a recording, under a name that no token has.
	window bool
}

func companyOf(pairs []pair) (c company) {
	c.read, c.format, c.shortFormat = true, "expires", "secure_link"
	for i := range pairs {
		p := &pairs[i]
		switch p.class {
		case shortHash, permit, secret, stamped, policy:
			if hashLike(p.value) {
				c.token, c.hash = true, true
			} else if p.class != shortHash && opaque(strings.ReplaceAll(p.value, ":", ""), 8) {
				c.token = true
			}
			c.begins = max(c.begins, startOf(p))
			switch {
			case strings.EqualFold(p.name, "wssecret"):
				c.wangsu = true
			case strings.EqualFold(p.name, "h"):
				c.shortFormat = "mediavault"
			case strings.EqualFold(p.name, "sig"):
				c.sig = true
			case strings.EqualFold(p.name, "key-pair-id"):
				c.format = "cloudfront"
			case strings.EqualFold(p.name, "keyname"):
				c.format = "google"
			case c.format == "expires" && (strings.EqualFold(p.name, "sparams") || strings.EqualFold(p.name, "lsig")):
				c.format = "googlevideo"
			case p.class == stamped && isHex(p.value, 32):
				c.signed = true
			}
			if p.class == permit && p.value != "" && p.value[0] == '{' {
				c.ends = true // Twitch
			}
		case issue:
			c.issued = c.issued || instant(p.value) != 0
		case life:
			c.end = c.end || unix(p.value) != 0
		case preview:
			c.preview = true
		case other:
			c.window = c.window || windowStart(p.name)
		case shortEnd, hexShort:
			c.ends = true
		case windowEnd, expiry:
			c.ends = true
			c.end = c.end || instant(p.value) != 0
		case hexExpiry, anyExpiry, endTime, azureEnd:
			c.ends, c.end = true, true
		}
	}
	return c
}

// IsParam reports whether a query parameter is a token or a part of one. It sees one parameter alone, so a short name
// ("e", "h", "st") counts by its value: a hash, or a plausible time for "e". A plain number under any other name
// is no token.
func IsParam(name, value string) bool {
	name, value = unescape(name), unescape(value)
	return isParam(&pair{raw: name, name: name, value: value, class: classOf(name)}, company{token: true, hash: true})
}

// isParam judges one parameter in its company.
func isParam(p *pair, c company) bool {
	switch p.class {
	case other:
		// EdgeCast's token is a bare word without a name.
		if p.value == "" {
			return opaque(p.name, 32) && strings.IndexByte(p.raw, '=') < 0
		}
		return tokenText(p.value)
	case shortHash:
		if c.read && c.token && strings.EqualFold(p.name, "t") && unix(p.value) != 0 {
			return true // when the link was made, or the event began: it differs at each extraction
		}
		return hashLike(p.value) || uuid(p.value) || tokenText(p.value) || c.token && startOf(p) != 0 || c.token && random(p.value) ||
			strings.EqualFold(p.name, "sec") && random(p.value) || strings.EqualFold(p.name, "t") && (c.wangsu || c.signed && eitherUnix(p.value) != 0)
	case shortEnd:
		return c.token && (shortTime(p.value) != 0 || c.begins != 0 && seconds(p.value) != 0)
	case hexTime:
		return c.token && (hexUnix(p.value) != 0 || c.read && unix(p.value) != 0)
	case issue:
		return c.token && (instant(p.value) != 0)
	case life, lifeMin:
		if p.class == life && c.token && unix(p.value) != 0 {
			return true
		}
		return c.token && (c.begins != 0 || c.issued) && seconds(p.value) != 0
	case azureEnd:
		return len(p.value) >= len("2006-01-02")
	case stamped:
		return len(p.value) >= 16
	case companion:
		return c.token && c.ends && (c.hash || p.name != "p")
	case volatile:
		return p.value != ""
	case guest:
		return c.wangsu
	case hexShort:
		return c.token && hexUnix(p.value) != 0
	case windowEnd:
		return c.token && !c.window && instant(p.value) != 0
	case preview:
		return c.signed && strings.EqualFold(p.name, "us")
	}
	return true
}

// windowStart reports whether a name is that of an event's start: then its end stands beside it, not a token's.
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

// startOf reads MediaVault's s= and its like st=: when the token becomes good.
func startOf(p *pair) int64 {
	if strings.EqualFold(p.name, "s") || strings.EqualFold(p.name, "st") {
		return instant(p.value)
	}
	return 0
}

// shortTime reads the value of e=: a Unix time, in hexadecimal where a letter is among its digits.
func shortTime(s string) int64 {
	if len(s) == 8 {
		return instant(s)
	}
	return unix(s)
}

// maxNesting is how deep a token within a token is read: base64 of parameters, one of which is a web token.
const maxNesting = 2

// query reads the tokens of a query.
func (r *reader) query(pairs []pair) {
	c := companyOf(pairs)
	var date, dated, issued, lasts, end, began int64
	for i := range pairs {
		p := &pairs[i]
		switch p.class {
		case expiry:
			switch n := instant(p.value); {
			case n != 0:
				r.found(n, 0, c.format)
			case strings.IndexByte(p.value, '~') >= 0:
				r.text(p.raw) // exp=…~acl=…~hmac=… without a name before it
			case c.token:
				lasts = max(lasts, seconds(p.value))
			}
		case hexExpiry:
			if n := hexUnix(p.value); n != 0 {
				r.found(n, 0, "tencent")
			}
		case anyExpiry:
			if n := eitherUnix(p.value); n != 0 {
				r.found(n, 0, "tencent")
			}
		case endTime:
			end = instant(p.value)
		case windowEnd:
			if c.token && !c.window {
				r.found(instant(p.value), 0, c.format)
			}
		case hexShort:
			if c.token {
				r.found(hexUnix(p.value), 0, c.format)
			}
		case start:
			began = instant(p.value)
		case issue:
			issued = max(issued, instant(p.value))
		case life:
			if n := unix(p.value); n != 0 && c.token {
				r.found(n, 0, c.format) // Highwinds: its ttl= is an end
			}
			lasts = max(lasts, seconds(p.value))
		case lifeMin:
			lasts = max(lasts, 60*seconds(p.value))
		case policy:
			if !r.encodedJSON(p.value, "policy") {
				r.permit(p.value)
			}
		case permit:
			r.permit(p.value)
		case stamped:
			r.stamped(p, c)
		case amzDate:
			date = instant(p.value)
		case amzLife:
			dated = seconds(p.value)
		case timeRange:
			if from, to, ok := strings.Cut(p.value, ";"); ok && unix(to) != 0 {
				r.found(unix(to), unix(from), "tencent")
			}
		case azureEnd:
			if n := instant(p.value); n != 0 && c.sig {
				r.found(n, c.begins, "azure")
			}
		case shortEnd:
			if n := shortTime(p.value); n != 0 && c.token {
				r.found(n, c.begins, c.shortFormat)
			} else if c.token && c.begins != 0 {
				lasts = max(lasts, seconds(p.value))
			}
		case hexTime:
			if n := hexUnix(p.value); n != 0 && c.token {
				r.found(0, n, "alibaba")
			}
		case shortHash:
			if n := eitherUnix(p.value); n != 0 && c.signed && strings.EqualFold(p.name, "t") {
				if c.preview {
					r.found(n, 0, "tencent")
				} else {
					r.found(0, n, "stamp")
				}
				continue
			}
			r.text(p.value)
		case secret:
			r.permit(p.value)
		default:
			r.text(p.value)
		}
	}
	if date != 0 && dated > 0 {
		r.found(date+dated, date, "amz")
	}
	if end != 0 {
		r.found(end, began, "wowza")
	}
	switch issued = max(issued, c.begins); {
	case issued == 0 || !c.token || c.end:
	case lasts > 0:
		r.found(issued+lasts, issued, r.named("life"))
	case c.hash && !c.ends:
		r.found(0, issued, "stamp")
	}
}

// stamped reads <unix of issue>-<rest>.
func (r *reader) stamped(p *pair, c company) {
	if i := strings.IndexByte(p.value, '-'); i > 0 && len(p.value)-i > 16 {
		r.found(0, unix(unescape(p.value[:i])), "stamp")
	} else if !c.signed {
		r.permit(p.value)
	}
}

// named is format, or the name of what is being read within another token.
func (r *reader) named(format string) string {
	if r.within != "" {
		return r.within
	}
	return format
}

// permit reads the value of token=, secure= and their like.
func (r *reader) permit(v string) {
	if n := joined(v); n != 0 {
		r.found(n, 0, r.named("fastly"))
		return
	}
	if n := listed(v); n != 0 {
		r.found(n, 0, "secure_link")
		return
	}
	// hash-salt-end-start; the salt may hold anything but is not read.
	if i := strings.LastIndexByte(v, '-'); i > 0 {
		began := unix(v[i+1:])
		j := strings.LastIndexByte(v[:i], '-')
		if began != 0 && j > 0 {
			if end := unix(v[j+1 : i]); end >= began {
				if hash, _, _ := strings.Cut(v[:j], "-"); len(hash) >= 32 && isHex(hash, len(hash)) {
					r.found(end, began, "flussonic")
					return
				}
			}
		}
	}
	if rest, ok := strings.CutPrefix(v, "bce-auth-v1/"); ok {
		r.baidu(rest)
		return
	}
	// UPYun: eight signs of the hash, then the time.
	if len(v) == 18 && isHex(v[:8], 8) && unix(v[8:]) != 0 {
		r.found(unix(v[8:]), 0, "expires")
		return
	}
	if strings.HasPrefix(v, "eyJ") || strings.HasPrefix(v, "{") || !r.encoded(v) {
		r.text(v)
	}
}

// baidu reads what stands behind bce-auth-v1/: <key's name>/<RFC 3339>/<seconds>/<headers>/<hash>.
func (r *reader) baidu(v string) {
	_, v, _ = strings.Cut(v, "/")
	from, v, _ := strings.Cut(v, "/")
	lasts, _, _ := strings.Cut(v, "/")
	if began := instant(from); began != 0 && seconds(lasts) != 0 {
		r.found(began+seconds(lasts), began, "life")
	}
}

// joints are the signs that join a time and a hash.
const joints = "_-:.|~"

// joined reads <time>_<hash> and <hash>_<time>, the time in decimal or hexadecimal. Between other signs than '_' it asks
// for a hash by its length, and for a decimal time.
func joined(v string) int64 {
	if i := strings.IndexAny(v, joints); i >= 8 && i <= 16 {
		switch n := eitherUnix(v[:i]); {
		case n == 0:
		case v[i] == '_' && opaque(v[i+1:], 16), i >= 10 && hashLike(v[i+1:]):
			return n
		}
	}
	if i := len(v) - 11; i >= 16 && strings.IndexByte(joints, v[i]) >= 0 {
		if v[i] == '_' && opaque(v[:i], 16) || hashLike(v[:i]) {
			return unix(v[i+1:])
		}
	}
	return 0
}

// listed reads <hash>,<unix> and <unix>,<hash>.
func listed(v string) int64 {
	i := strings.LastIndexByte(v, ',')
	switch {
	case i >= 16 && opaque(v[:i], 16):
		return unix(v[i+1:])
	case i == 10 && hashLike(v[i+1:]):
		return unix(v[:i])
	}
	return 0
}

// identityQuery returns the parameters that are no token, sorted.
func identityQuery(rawQuery string) string {
	if rawQuery == "" {
		return ""
	}
	var room [maxPairsOnStack]pair
	pairs := parsePairs(rawQuery, room[:0])
	c := companyOf(pairs)
	var keptRoom [maxPairsOnStack]string
	kept := keptRoom[:0]
	for i := range pairs {
		if !isParam(&pairs[i], c) {
			kept = append(kept, pairs[i].raw)
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}
