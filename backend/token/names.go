package token

// class is the meaning of a name: of a query parameter, of an entry of a name=value list, or of the first of a pair of
// path elements. This is the one table of the grammar; expiry, identity and redaction all use it.
type class uint8

const (
	other     class = iota
	expiry          // the value is the expiry
	hexExpiry       // the value is the expiry, in hexadecimal
	anyExpiry       // the value is the expiry, in hexadecimal or decimal
	endTime         // Wowza: <prefix>endtime
	start           // the value is the time of issue
	issue           // the value is the time of issue, if a token stands beside it
	life            // the value is a number of seconds from the time of issue
	lifeMin         // the same in minutes (Nimble)
	policy          // base64 of a policy
	permit          // token=: several formats share the name
	stamped         // <unix of issue>-<rest>
	amzDate         // 20060102T150405Z
	amzLife         // seconds from amzDate
	azureEnd        // RFC 3339, if sig= stands beside it
	timeRange       // Tencent COS: <start>;<end>
	secret          // a signature, a key's name, a prefix: part of a token, without a time
	shortHash       // h, s, st, session, …: part of a token if the value is a hash or a UUID
	shortEnd        // e: the expiry, or the life, if a hash stands beside it
	hexTime         // time: Alibaba F, if a hash stands beside it
	companion       // p, ip: part of a token if a hash and an expiry stand beside it
	volatile        // a session's or a request's number: it differs each time and names no feed
	guest           // u, fm, …: part of a token beside wsSecret
	hexShort        // oe: the expiry in hexadecimal, if a token stands beside it (Facebook)
	windowEnd       // endtime, ends_at: the expiry, if a token stands beside it and no start of an event does
	preview         // exper, rlimit, us: t= beside them is an expiry in hexadecimal (Tencent VOD)
)

// longestName is the length of the longest name in the table.
const longestName = 32

// classOf returns the class of a name, in any case.
func classOf(name string) class {
	var room [longestName]byte
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
	case "expires", "expire", "expiry", "expiration", "exp", "expires_at", "expiresat", "expire_at", "expireat", "expire_time",
		"expiretime", "expirytime", "expiry_time", "expirationtime", "expiration_time", "validuntil", "valid_until", "validto", "valid_to",
		"validthru", "validtill", "valid_till", "exp_time", "exptime", "expiration_date", "expire_date", "expires_on", "expireson", "x-expires", "deadline", "not_after", "notafter", "etime", "nva", "ik-t", "exp_ts", "expts", "x-exp":
		return expiry
	case "txtime":
		return hexExpiry
	case "wstime", "wsabstime", "volctime", "hwtime", "ws_time":
		return anyExpiry
	case "policy":
		return policy
	case "token", "hdnts", "hdntl", "hdnea", "hdnta", "__token__", "__gda__", "__bgda__", "primarytoken", "jwt", "access_token", "secure", "bcdn_token", "edge-cache-token",
		"auth_token", "authtoken", "md5", "hash", "secure_link", "st_token", "securetoken", "fastly_token", "wmsauthsign", "bcov_auth", "ks", "_upt",
		"playback_token", "cdn_token":
		return permit
	case "endtime", "end_time", "end_at", "endat", "ends_at", "endsat", "until":
		return windowEnd
	case "oe":
		return hexShort
	case "exper", "rlimit", "us":
		return preview
	case "verify", "auth_key", "sign", "oh":
		return stamped
	case "x-amz-date", "x-goog-date", "x-oss-date":
		return amzDate
	case "x-amz-expires", "x-goog-expires", "x-oss-expires":
		return amzLife
	case "q-sign-time", "q-key-time":
		return timeRange
	case "se":
		return azureEnd
	case "ttl", "life", "lifetime", "life_time", "valid", "validity", "validfor", "valid_for", "validseconds", "duration", "expires_in", "expiresin", "expire_in",
		"max_age", "max-age", "maxage":
		return life
	case "validminutes":
		return lifeMin
	case "iat", "nbf", "stime", "nvb", "validfrom", "valid_from", "not_before", "notbefore", "issued", "issued_at", "issuedat", "created_at", "created", "signed_at", "signedat", "ts", "timestamp",
		"server_time", "starts":
		return issue
	case "signature", "sig", "lsig", "hmac", "key-pair-id", "keyname", "urlprefix", "token_path", "txsecret",
		"wssecret", "volcsecret", "sparams", "lsparams", "auth", "authorization", "acl", "hash-algorithm", "hash_value", "x-amz-signature", "x-amz-credential", "x-amz-algorithm",
		"x-amz-signedheaders", "x-amz-security-token", "x-goog-signature", "x-goog-credential", "x-goog-algorithm",
		"x-goog-signedheaders", "x-oss-signature", "x-oss-credential", "x-oss-signature-version", "x-oss-security-token", "awsaccesskeyid", "googleaccessid", "ossaccesskeyid",
		"q-signature", "q-ak", "q-sign-algorithm", "q-header-list", "q-url-param-list", "upsig", "md5hash", "ik-s", "wsauth",
		"auth_info", "sigparams", "skoid", "sktid", "skt", "ske", "sks", "skv":
		return secret
	case "h", "s", "st", "sk", "key", "k", "key1", "sid", "t", "session", "sessionid", "session_id", "sec", "ticket", "tok", "tk":
		return shortHash
	case "e":
		return shortEnd
	case "time", "key2":
		return hexTime
	case "p", "ip", "sip", "srcip", "src_ip", "clientip", "client_ip", "userip", "user_ip":
		return companion
	case "nimblesessionid", "jsessionid", "phpsessid", "aspsessionid", "sessid", "playsessionid", "play_session_id", "seqid", "seq_id", "sdk_sid", "_", "cb", "cachebuster",
		"cache_buster", "cachebust", "nocache", "rnd", "rand", "random", "nonce", "requestid", "request_id", "reqid", "req_id", "traceid", "trace_id", "trid", "vsid",
		"dmts", "dmv1st", "aws.sessionid", "subscribercode":
		return volatile
	case "u", "uid", "fm", "ver", "sv":
		return guest
	}
	switch n := len("endtime"); {
	case len(lower) >= n && string(lower[len(lower)-n:]) == "endtime":
		return endTime
	case n+2 < len(lower) && ends(lower, "starttime") && ofSecret(lower):
		return start
	case ends(lower, "expires"), ends(lower, "expire"), ends(lower, "expiry"), begins(lower, "expir"), ends(lower, "_exp"), ends(lower, "-exp"),
		ends(lower, "exp") && ofSecret(lower), ends(lower, "_end") && ofSecret(lower), begins(lower, "exp_"), begins(lower, "expdate"):
		return expiry
	case ends(lower, "until"):
		return windowEnd
	case ofSecret(lower):
		return secret
	case ends(lower, "_hash"), ends(lower, "_md5"), ends(lower, "_sig"), ends(lower, "_sign"), ends(lower, "_key"), ends(lower, "key") && begins(lower, "cdn"):
		return shortHash
	}
	return other
}

// ofSecret reports whether a name contains a word for a credential.
func ofSecret(name []byte) bool {
	for i := 0; i+len("hmac") <= len(name); i++ {
		switch rest := name[i:]; rest[0] {
		case 't':
			if begins(rest, "token") {
				return true
			}
		case 's':
			if begins(rest, "secret") || begins(rest, "signature") {
				return true
			}
		case 'h':
			if begins(rest, "hmac") {
				return true
			}
		}
	}
	return false
}

func begins(name []byte, part string) bool {
	return len(name) >= len(part) && string(name[:len(part)]) == part
}

func ends(name []byte, part string) bool {
	return len(name) >= len(part) && string(name[len(name)-len(part):]) == part
}
