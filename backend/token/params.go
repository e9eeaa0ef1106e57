package token

import (
	"strings"
	"time"
)

// maxPairsOnStack is how many query parameters are read without an allocation; more are read as well.
const maxPairsOnStack = 24

// pair is one query parameter; value is unescaped, raw is all of it as written.
type pair struct{ raw, name, value string }

func parsePairs(query string, out []pair) []pair {
	for query != "" {
		var raw string
		raw, query, _ = strings.Cut(query, "&")
		if raw == "" {
			continue
		}
		name, value, _ := strings.Cut(raw, "=")
		out = append(out, pair{raw, unescape(name), unescape(value)})
	}
	return out
}

// class says what a parameter of some name means.
type class uint8

const (
	other     class = iota
	expiry          // the value is the expiry
	hexExpiry       // the value is the expiry, in hexadecimal
	endTime         // Wowza: <prefix>endtime
	start           // the value is the time of issue
	policy          // base64 of a policy
	permit          // token=: several formats share the name
	stamped         // <unix of issue>-<rest>
	amzDate         // 20060102T150405Z
	amzLife         // seconds from amzDate
	azureEnd        // RFC 3339
	secret          // a signature, a key's name, a prefix: part of a token, without a time
	shortHash       // h, s, st, session, …: part of a token if the value is a hash or a UUID
	shortEnd        // e: the expiry, if a hash stands beside it
	hexTime         // time: Alibaba F, if a hash stands beside it
	companion       // p, ip: part of a token if a hash and an expiry stand beside it
)

// classOf names the class of a parameter, in whatever case the name is written.
func classOf(name string) class {
	var room [32]byte
	if name == "" || len(name) > len(room) {
		return other
	}
	lower := room[:len(name)]
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower) {
	case "expires", "expire", "expiry", "expiration", "exp", "expires_at", "expiresat", "expire_at", "expire_time",
		"expiretime", "expirytime", "expiry_time", "validuntil", "valid_until", "validto", "x-expires", "deadline":
		return expiry
	case "txtime":
		return hexExpiry
	case "policy":
		return policy
	case "token", "hdnts", "hdntl", "hdnea", "hdnta", "jwt", "access_token", "secure", "bcdn_token", "edge-cache-token",
		"auth_token", "authtoken", "md5", "hash", "secure_link", "st_token", "securetoken":
		return permit
	case "verify", "auth_key", "sign":
		return stamped
	case "x-amz-date", "x-goog-date":
		return amzDate
	case "x-amz-expires", "x-goog-expires":
		return amzLife
	case "se":
		return azureEnd
	case "signature", "sig", "lsig", "hmac", "key-pair-id", "keyname", "urlprefix", "token_path", "txsecret",
		"wssecret", "wstime", "sparams", "lsparams", "auth", "authorization", "acl", "nva", "nvb", "hash-algorithm", "x-amz-signature", "x-amz-credential", "x-amz-algorithm",
		"x-amz-signedheaders", "x-amz-security-token", "x-goog-signature", "x-goog-credential", "x-goog-algorithm",
		"x-goog-signedheaders", "wmsauthsign":
		return secret
	case "h", "s", "st", "sk", "key", "k", "key1", "sid", "t", "session", "sessionid", "session_id":
		return shortHash
	case "e":
		return shortEnd
	case "time", "key2":
		return hexTime
	case "p", "ip", "sip":
		return companion
	}
	switch n := len("endtime"); {
	case len(lower) >= n && string(lower[len(lower)-n:]) == "endtime":
		return endTime
	case has(lower, "starttime") && has(lower, "token"):
		return start
	case has(lower, "token"), has(lower, "signature"), has(lower, "hmac"), has(lower, "secret"):
		return secret
	}
	return other
}

func has(name []byte, part string) bool {
	for i := 0; i+len(part) <= len(name); i++ {
		if string(name[i:i+len(part)]) == part {
			return true
		}
	}
	return false
}

// IsParam tells whether a query parameter is a token or a part of one. It sees one parameter alone, so a short name
// ("e", "h", "st") counts by its value: a hash, or a plausible time for "e". A plain number under any other name
// is no token.
func IsParam(name, value string) bool {
	name, value = unescape(name), unescape(value)
	return isParam(pair{raw: name, name: name, value: value}, true)
}

// isParam judges one parameter; hashBeside tells that a hash stands in the same query.
func isParam(p pair, hashBeside bool) bool {
	switch classOf(p.name) {
	case other:
		// EdgeCast's token is a bare word without a name.
		if p.value == "" {
			return opaque(p.name, 32) && strings.IndexByte(p.raw, '=') < 0
		}
		return tokenText(p.value)
	case shortHash:
		return hashLike(p.value) || uuid(p.value) || tokenText(p.value) || hashBeside && startOf(p) != 0
	case shortEnd:
		return hashBeside && unix(p.value) != 0
	case hexTime:
		return hashBeside && hexUnix(p.value) != 0
	case azureEnd:
		return len(p.value) >= len("2006-01-02")
	case stamped:
		return len(p.value) >= 16
	case companion:
		return false
	}
	return true
}

// startOf reads MediaVault's s= and its like st=: when the token becomes good.
func startOf(p pair) int64 {
	if p.name == "s" || p.name == "st" {
		return unix(p.value)
	}
	return 0
}

// hashBeside tells whether one of the parameters is a hash under a name that says so little that others must vouch
// for it.
func hashBeside(pairs []pair) bool {
	for _, p := range pairs {
		switch classOf(p.name) {
		case shortHash, permit, secret, stamped:
			if hashLike(p.value) {
				return true
			}
		}
	}
	return false
}

// query reads the tokens of a query.
func (r *reader) query(pairs []pair) {
	var date, issued int64
	var life time.Duration
	var end, began int64
	for _, p := range pairs {
		switch classOf(p.name) {
		case expiry:
			if n := unix(p.value); n != 0 {
				r.found(n, 0, expiryFormat(pairs))
			} else if strings.IndexByte(p.value, '~') >= 0 {
				r.text(p.raw) // exp=…~acl=…~hmac=… without a name before it
			}
		case hexExpiry:
			if n := hexUnix(p.value); n != 0 {
				r.found(n, 0, "tencent")
			}
		case endTime:
			end = unix(p.value)
		case start:
			began = unix(p.value)
		case policy:
			r.encodedJSON(p.value, "policy")
		case permit:
			r.permit(p.value)
		case stamped:
			if i := strings.IndexByte(p.value, '-'); i > 0 && len(p.value)-i > 16 {
				issued = unix(unescape(p.value[:i]))
				r.found(0, issued, "stamp")
			} else {
				r.text(p.value)
			}
		case amzDate:
			if t, err := time.Parse("20060102T150405Z", p.value); err == nil {
				date = t.Unix()
			}
		case amzLife:
			life = seconds(p.value)
		case azureEnd:
			if t, err := time.Parse(time.RFC3339, p.value); err == nil && plausible(t.Unix()) && named(pairs, "sig") {
				r.found(t.Unix(), 0, "azure")
			}
		case shortEnd:
			if n := unix(p.value); n != 0 && hashBeside(pairs) {
				var from int64
				for _, q := range pairs {
					from = max(from, startOf(q))
				}
				r.found(n, from, shortFormat(pairs))
			}
		case hexTime:
			if n := hexUnix(p.value); n != 0 && hashBeside(pairs) {
				r.found(0, n, "alibaba")
			}
		default:
			r.text(p.value)
		}
	}
	if date != 0 && life > 0 && plausible(date+int64(life/time.Second)) {
		r.found(date+int64(life/time.Second), date, "amz")
	}
	if end != 0 {
		r.found(end, began, "wowza")
	}
}

// permit reads the value of token=, secure= and their like.
func (r *reader) permit(v string) {
	if i := strings.IndexByte(v, '_'); i >= 9 && i <= 13 && opaque(v[i+1:], 16) {
		if n := unix(v[:i]); n != 0 {
			r.found(n, 0, "fastly")
			return
		}
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
	r.text(v)
}

// listed reads <hash>,<unix>.
func listed(v string) int64 {
	i := strings.LastIndexByte(v, ',')
	if i < 16 || !opaque(v[:i], 16) {
		return 0
	}
	return unix(v[i+1:])
}

func expiryFormat(pairs []pair) string {
	switch {
	case named(pairs, "key-pair-id"):
		return "cloudfront"
	case named(pairs, "keyname"):
		return "google"
	case named(pairs, "sparams"), named(pairs, "lsig"):
		return "googlevideo"
	}
	return "expires"
}

func shortFormat(pairs []pair) string {
	if named(pairs, "h") {
		return "mediavault"
	}
	return "secure_link"
}

func named(pairs []pair, name string) bool {
	for _, p := range pairs {
		if strings.EqualFold(p.name, name) {
			return true
		}
	}
	return false
}

func plausible(n int64) bool { return n >= earliest && n < latest }

// maxLife bounds a life given in seconds: seven days is what S3 allows, and some imitators allow more.
const maxLife = 366 * 24 * time.Hour

func seconds(s string) time.Duration {
	if s == "" || len(s) > 8 {
		return 0
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = n*10 + int64(s[i]-'0')
	}
	return min(time.Duration(n)*time.Second, maxLife)
}
