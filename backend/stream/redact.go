package stream

import (
	"regexp"
	"strings"

	"gridwall/backend/token"
)

// urlInText matches absolute URLs of any scheme in prose, in JSON that escapes its slashes, and percent-encoded once or more.
var urlInText = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*(?::(?://|\\/\\/)|%(?:25){0,3}3A(?:%(?:25){0,3}2F){2})[^\s"'<>\x60]+`)

// pathInText matches partial URLs: a path or a name with a query.
var pathInText = regexp.MustCompile(`([^\s"'<>\x60?]*)\?([\w.%~-]+=[^\s"'<>\x60]*)`)

// pairInText matches name=value in prose: a cookie, or the rest of a query after a space, percent-encoded or not.
var pairInText = regexp.MustCompile(`([A-Za-z_][\w.-]*)(=|%(?:25){0,3}3[Dd])([^\s"'<>\x60&;,]+)`)

// placeInText matches the path of a URL without its host.
var placeInText = regexp.MustCompile(`(^|[\s"'(=:])(/[^\s"'<>\x60?]{24,})`)

// webTokenInText matches a JSON Web Token by its first letters.
var webTokenInText = regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`)

// optionInText matches command-line options with a password, as a line or as a list of words.
var optionInText = regexp.MustCompile(`(?i)(--[\w-]*(?:passw(?:or)?d|secret|api-?key)["']?(?:=|\s*,?\s+)["']?|(?:-u|--(?:proxy-)?user)\s+["']?[^\s:"']+:)[^\s"',…]+`)

// namedInText matches the name of a secret and its value, with or without a colon between them.
var namedInText = regexp.MustCompile(`(?i)\b([\w-]*(?:token|passw(?:or)?d|pwd|secret|api[-_]?key|session(?:[-_]?id)?|signature)(?:\s*:\s*|\s+))([\w.~+/=|-]{6,})`)

// headerInText matches a header whose value is a credential, to the end of its line or quote.
var headerInText = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:key|token|auth)[\w-]*)(["']?\s*[:=]\s*["']?)([^"'\r\n]+)`)

// quotedInText matches a quoted value next to the name of a secret.
var quotedInText = regexp.MustCompile(`(?i)\b([\w-]*(?:token|passw(?:or)?d|secret|api[-_]?key|signature|hmac|hdnts|hdnea|session(?:id)?)["']?\s*[:=]\s*["']|[\w-]*(?:passw(?:or)?d|pwd|pass|secret|api[-_]?key|bearer)=)[^\s"'&;,…]+`)

// schemeInText matches the value of an Authorization header without the header's name.
var schemeInText = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+|:\s*)([\w.~+/=-]{6,})`)

// trailing are the characters that end a sentence, a list or a bracket rather than a URL.
const trailing = ".,;:)]}\\"

// RedactURL returns rawURL without anything that could be a credential, by the grammar of backend/token: user info, query,
// fragment, path elements that are tokens or look random, and the names and passwords in the paths of IPTV providers. The rest
// is host and path, which logs and errors need. rawURL may be malformed.
func RedactURL(rawURL string) string { return token.Redact(rawURL) }

// RedactText redacts every URL in a text, of any scheme, the queries of relative ones, name=value if that is a token by
// itself, and the values of headers and names that contain a secret.
func RedactText(text string) string {
	if len(text) > maxRedacted {
		text = strings.ToValidUTF8(text[:maxRedacted], "") + "…"
	}
	// Each expression is used only if it can match, because a list has 50,000 titles.
	if strings.Contains(text, ":/") || strings.Contains(text, `:\/`) || strings.Contains(text, "%") {
		text = urlInText.ReplaceAllStringFunc(text, redactFound)
	}
	if strings.IndexByte(text, '?') >= 0 {
		text = pathInText.ReplaceAllString(text, "$1?…")
	}
	if len(text) > 24 && strings.IndexByte(text, '/') >= 0 {
		text = placeInText.ReplaceAllStringFunc(text, func(s string) string {
			i := strings.IndexByte(s, '/')
			return s[:i] + token.RedactPath(s[i:])
		})
	}
	if strings.Contains(text, "eyJ") {
		text = webTokenInText.ReplaceAllString(text, "…")
	}
	if strings.Contains(text, "-u") || strings.Contains(text, "--") {
		text = optionInText.ReplaceAllString(text, "$1…")
	}
	if hasSecretName(text) {
		text = namedInText.ReplaceAllStringFunc(text, func(s string) string {
			m := namedInText.FindStringSubmatch(s)
			if !strings.ContainsAny(m[2], "0123456789") || len(m[2]) < 16 && strings.IndexByte(m[1], ':') < 0 {
				return s // words
			}
			return m[1] + "…"
		})
	}
	if strings.Contains(text, "earer") || strings.Contains(text, "EARER") || strings.Contains(text, "asic") || strings.Contains(text, "ASIC") {
		text = schemeInText.ReplaceAllStringFunc(text, func(s string) string {
			m := schemeInText.FindStringSubmatch(s)
			if len(m[3]) < 16 && !strings.ContainsAny(m[3], "0123456789=") {
				return s // a word
			}
			return m[1] + m[2] + "…"
		})
	}
	if !strings.ContainsAny(text, ":=%") {
		return text
	}
	text = headerInText.ReplaceAllStringFunc(text, func(s string) string {
		m := headerInText.FindStringSubmatch(s)
		if strings.Contains(m[3], "<") {
			return s // an example: Bearer <token>
		}
		return m[1] + m[2] + "…"
	})
	text = quotedInText.ReplaceAllString(text, "$1…")
	if !strings.ContainsAny(text, "=%") {
		return text
	}
	return pairInText.ReplaceAllStringFunc(text, func(s string) string {
		m := pairInText.FindStringSubmatch(s)
		if token.IsParam(m[1], m[3]) {
			return m[1] + m[2] + "…"
		}
		return s
	})
}

// hasSecretName reports whether a text may contain one of the names of namedInText.
func hasSecretName(text string) bool {
	for _, part := range []string{"oken", "OKEN", "assw", "ASSW", "pwd", "PWD", "ecret", "ECRET", "pikey", "pi_key", "pi-key", "piKey", "PIKEY", "PI_KEY", "ession", "ESSION", "ignature", "IGNATURE"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// maxRedacted bounds a text that is shown, in bytes; the rest is cut off.
const maxRedacted = 64 << 10

// redactFound redacts a URL found in a text, and keeps the punctuation that follows it.
func redactFound(s string) string {
	u := strings.TrimRight(s, trailing)
	tail := s[len(u):]
	if _, host, ok := strings.Cut(u, "://["); ok && strings.HasPrefix(tail, "]") && strings.Trim(host, hexDigits+"ABCDEF:.") == "" {
		u, tail = u+"]", tail[1:] // it closes an IPv6 address
	}
	if strings.Contains(u, `\/`) {
		u = strings.ReplaceAll(u, `\/`, "/")
	}
	for n := 0; n < maxEncodings && !strings.Contains(u, "://"); n++ {
		u = unescape(u)
	}
	return token.Redact(u) + tail
}

// maxEncodings bounds how often a URL in a text may be percent-encoded.
const maxEncodings = 4

// unescape undoes percent-encoding once; it keeps invalid escapes.
func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := strings.IndexByte(hexDigits, s[i+1]|0x20), strings.IndexByte(hexDigits, s[i+2]|0x20); hi >= 0 && lo >= 0 {
				out.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

const hexDigits = "0123456789abcdef"
