package democdn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	errForged  = errors.New("the token is missing or invalid: take a fresh address from the list of feeds")
	errExpired = errors.New("the token has expired: take a fresh address from the list of feeds")
)

// tokenParam is the query parameter of the token.
const tokenParam = "hdnts"

// sign returns a token for everything below /feed/, valid from now until now + life.
func (c *CDN) sign(feed string, now time.Time) string {
	plain := fmt.Sprintf("st=%d~exp=%d~acl=/%s/*", now.Unix(), now.Add(c.life).Unix(), feed)
	return plain + "~hmac=" + hex.EncodeToString(c.mac(plain))
}

func (c *CDN) mac(plain string) []byte {
	h := hmac.New(sha256.New, c.key[:])
	h.Write([]byte(plain))
	return h.Sum(nil)
}

// check returns nil if token is valid for feed at now, otherwise the error.
func (c *CDN) check(token, feed string, now time.Time) error {
	plain, mac, ok := strings.Cut(token, "~hmac=")
	if !ok {
		return errForged
	}
	given, err := hex.DecodeString(mac)
	if err != nil || !hmac.Equal(given, c.mac(plain)) {
		return errForged
	}
	// The MAC is valid, so we wrote this text.
	var expires int64
	for field := range strings.SplitSeq(plain, "~") {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "exp":
			expires, _ = strconv.ParseInt(value, 10, 64)
		case "acl":
			if value != "/"+feed+"/*" {
				return errForged
			}
		}
	}
	if now.Unix() >= expires {
		return errExpired
	}
	return nil
}
