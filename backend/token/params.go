package token

import (
	"slices"
	"strings"
)

// maxPairsOnStack is how many query parameters are read without an allocation. It is no limit.
const maxPairsOnStack = 24

// maxPairs bounds the parameters that are examined, so that a hostile query costs no more than its length.
const maxPairs = 512

// pair is one query parameter; value is unescaped, raw is the whole parameter as written.
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

// IsParam reports whether a query parameter is a token or a part of one. It sees a single parameter, so short names ("e",
// "h", "st") are judged by their value: a hash, or a plausible time for "e". A plain number under any other name is not a
// token.
func IsParam(name, value string) bool {
	name, value = unescape(name), unescape(value)
	return isParam(&pair{raw: name, name: name, value: value, class: classOf(name)}, company{token: true, hash: true})
}

// isParam reports whether a parameter belongs to a token, given the others of its query.
func isParam(p *pair, c company) bool {
	switch p.class {
	case other:
		// EdgeCast's token is a value without a name.
		if p.value == "" {
			return len(p.name) >= 32 && strings.IndexByte(p.raw, '=') < 0 && (opaque(p.name, 32) || joined(p.name) != 0 || listed(p.name) != 0)
		}
		return tokenText(p.value) || c.vendorTime(p) != 0 || c.lifeStart(p) != 0
	case shortHash:
		if c.read && c.token && strings.EqualFold(p.name, "t") && unix(p.value) != 0 {
			return true // when the link was created, or the event began: it differs at each extraction
		}
		return hashLike(p.value) || uuid(p.value) || tokenText(p.value) || c.token && startOf(p) != 0 || c.token && random(p.value) ||
			strings.EqualFold(p.name, "sec") && random(p.value) || strings.EqualFold(p.name, "t") && (c.wangsu || c.signed && eitherUnix(p.value) != 0 || c.read && c.hash && hexLetters(p.value)) || listed(p.value) != 0 || joined(p.value) != 0
	case shortEnd:
		return c.token && (shortTime(p.value) != 0 || c.begins != 0 && seconds(p.value) != 0 || c.issued && seconds(p.value) >= shortestLife)
	case hexTime:
		return c.token && (hexUnix(p.value) != 0 || c.read && unix(p.value) != 0)
	case issue:
		return c.token && (instant(p.value) != 0)
	case life, lifeMin:
		if p.class == life && c.token && unix(p.value) != 0 {
			return true
		}
		return c.token && (c.begins != 0 || c.issued || p.class == life && c.hash && c.lasting && c.opened) && seconds(p.value) != 0
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

// shortestLife is the shortest lifetime, in seconds, that e= can give together with a time of issue; a smaller number is an
// episode.
const shortestLife = 60

// hexLetters reports whether a text is a hexadecimal time that can be neither a decimal number nor a date.
func hexLetters(s string) bool {
	return hexUnix(s) != 0 && strings.Trim(s, "0123456789") != ""
}

// shortTime reads the value of e=: a Unix time, hexadecimal if it contains a letter.
func shortTime(s string) int64 {
	if len(s) == 8 {
		return instant(s)
	}
	return unix(s)
}

// maxNesting bounds tokens within tokens: base64 of parameters, one of which is a web token.
const maxNesting = 2

// query reads the tokens of a query.
func (r *reader) query(pairs []pair) {
	c := companyOf(pairs)
	var date, dated, issued, lasts, end, began, opened int64
	for i := range pairs {
		p := &pairs[i]
		switch p.class {
		case expiry:
			switch n := instant(p.value); {
			case n != 0:
				r.found(n, 0, c.format)
			case strings.IndexByte(p.raw, '~') >= 0:
				r.text(p.raw) // exp=…~acl=…~hmac=… without a name before it
			case strings.IndexByte(p.value, '=') >= 0:
				r.text(p.name + "=" + p.value) // exp=…;sig=…
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
			} else if n := seconds(p.value); c.token && (c.begins != 0 || c.issued && n >= shortestLife) {
				lasts = max(lasts, n)
			}
		case hexTime:
			opened = max(opened, c.lifeStart(p))
			if n := hexUnix(p.value); n != 0 && c.token {
				r.found(0, n, "alibaba")
			}
		case shortHash:
			if n := eitherUnix(p.value); n != 0 && (c.signed || c.hash && hexLetters(p.value)) && strings.EqualFold(p.name, "t") {
				if c.preview {
					r.found(n, 0, "tencent")
				} else {
					r.found(0, n, "stamp")
				}
				continue
			}
			if n := listed(p.value); n != 0 {
				r.found(n, 0, c.shortFormat)
				continue
			}
			if n := joined(p.value); n != 0 {
				r.found(n, 0, "fastly")
				continue
			}
			r.text(p.value)
		case secret:
			r.permit(p.value)
		case other:
			if p.value == "" && len(p.name) >= 32 {
				r.permit(p.name)
				continue
			}
			if n := c.vendorTime(p); n != 0 {
				r.found(n, 0, "tencent")
			}
			opened = max(opened, c.lifeStart(p))
			r.text(p.value)
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
	if issued = max(issued, c.begins); issued == 0 {
		issued = opened
	}
	switch {
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

// named returns format, or the name of the enclosing token's format if there is one.
func (r *reader) named(format string) string {
	if r.within != "" {
		return r.within
	}
	return format
}

// identityQuery returns the parameters that do not belong to a token, sorted.
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
