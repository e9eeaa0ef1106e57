package token

import "strings"

// permit reads the value of token=, secure= and similar parameters.
func (r *reader) permit(v string) {
	switch len(v) {
	case 32, 40, 64:
		if isHex(v, len(v)) {
			return // a hash and nothing else, as most are
		}
	}
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
	if end, began := parted(v, 3); end != 0 {
		r.found(end, began, r.named("fastly"))
		return
	}
	if len(v) > 24 && (v[0] == 'B' || v[0] == 'b') && strings.EqualFold(v[:6], "bearer") {
		v = strings.TrimLeft(v[6:], " +:")
	}
	// UPYun: eight characters of the hash, then the time.
	if len(v) == 18 && isHex(v[:8], 8) && unix(v[8:]) != 0 {
		r.found(unix(v[8:]), 0, "expires")
		return
	}
	if strings.HasPrefix(v, "eyJ") || strings.HasPrefix(v, "{") || !r.hexadecimal(v) && !r.encoded(v) {
		r.text(v)
	}
}

// baidu reads the text after bce-auth-v1/: <key's name>/<RFC 3339>/<seconds>/<headers>/<hash>.
func (r *reader) baidu(v string) {
	_, v, _ = strings.Cut(v, "/")
	from, v, _ := strings.Cut(v, "/")
	lasts, _, _ := strings.Cut(v, "/")
	if began := instant(from); began != 0 && seconds(lasts) != 0 {
		r.found(began+seconds(lasts), began, "life")
	}
}

// joined reads <time>_<hash> and <hash>_<time>, the time in decimal or hexadecimal. With other separators than '_' the hash
// must have the length of one, and the time must be decimal.
func joined(v string) int64 {
	if i := firstJoint(v); i >= 8 {
		switch n := eitherUnix(v[:i]); {
		case n == 0:
		case v[i] == '_' && opaque(v[i+1:], 16), i >= 10 && hashLike(v[i+1:]):
			return n
		}
	}
	if i := len(v) - 11; i >= 16 && kinds[v[i]]&isJoint != 0 {
		if v[i] == '_' && opaque(v[:i], 16) || hashLike(v[:i]) {
			return unix(v[i+1:])
		}
	}
	return 0
}

// parted reads a few parts between separators, one of which is a hash and one or two of which are times:
// user-<end>-<hash>, v1.<end>.<hash>, <start>_<end>_<hash>.
func parted(v string, parts int) (end, began int64) {
	if len(v) < 22+1+10 {
		return 0, 0
	}
	hashes, times, from := 0, 0, 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && kinds[v[i]]&isJoint == 0 && v[i] != ';' && v[i] != ',' {
			if v[i] == '=' && i+1 < len(v) && kinds[v[i+1]]&(isDigit|isLower|isUpper) != 0 {
				return 0, 0 // a list of names and values
			}
			continue
		}
		if parts--; parts < 0 {
			return 0, 0
		}
		part := v[from:i]
		from = i + 1
		if n := bareUnix(part); n != 0 {
			if times++; end == 0 || n > end {
				end, began = n, end
			} else {
				began = n
			}
		} else if hashLike(part) {
			hashes++
		}
	}
	if hashes == 0 || times == 0 || times > 2 {
		return 0, 0
	}
	return end, began
}

// firstJoint returns the index of the separator after a time at the start of v; -1 if there is none.
func firstJoint(v string) int {
	for i := range min(len(v), 17) {
		if kinds[v[i]]&isJoint != 0 {
			return i
		}
	}
	return -1
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
