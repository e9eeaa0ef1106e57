package token

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	md5hex = "9e107d9d372bb6826bd81d3542a419d6"
	md5b64 = "nhB9nTcrtoJr2B01QqQZ1g"
	sha1   = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
	sha256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d08d0bf37c9e592"
)

func b64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func cloudfrontB64(s string) string {
	return strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString([]byte(s)))
}

func jwt(claims string) string {
	return b64url(`{"alg":"HS256","typ":"JWT"}`) + "." + b64url(claims) + "." + b64url("signature-signature")
}

const policyJSON = `{"Statement":[{"Resource":"https://cdn.test/live/*?","Condition":{"DateGreaterThan":{"AWS:EpochTime":1779990000},"IpAddress":{"AWS:SourceIp":"0.0.0.0/0"},"DateLessThan":{"AWS:EpochTime":1780000000}}}]}`

// end and begin are the times in every URL of the table.
const end, begin = 1780000000, 1779990000

var hexEnd, hexBegin = fmt.Sprintf("%x", end), fmt.Sprintf("%X", begin)

type urlCase struct {
	name, url, format string
	ends, issued      int64
}

func urlCases() []urlCase {
	akamai := "st=1779990000~exp=1780000000~acl=/live/*~hmac=" + sha256
	return []urlCase{
		{"akamai query", "https://cdn.test/live/a.m3u8?hdnts=" + akamai, "akamai", end, begin},
		{"akamai hdnea", "https://cdn.test/live/a.m3u8?x=1&hdnea=exp=1780000000~acl=/*~hmac=" + sha256, "akamai", end, 0},
		{"akamai query encoded", "https://cdn.test/live/a.m3u8?hdntl=" + url.QueryEscape(akamai), "akamai", end, begin},
		{"akamai query encoded twice", "https://cdn.test/a.m3u8?hdntl=" + url.QueryEscape(url.QueryEscape(akamai)), "akamai", end, begin},
		{"akamai query without a name", "https://cdn.test/a.m3u8?exp=1780000000~acl=/*~hmac=" + sha256, "akamai", end, 0},
		{"akamai path", "https://cdn.test/exp=1780000000~acl=%2f*~hmac=" + sha256 + "/live/a.m3u8", "akamai", end, 0},
		{"akamai path, bare acl", "https://cdn.test/exp=1780000000~acl=/live/*~hmac=" + sha256 + "/live/a.m3u8", "akamai", end, 0},
		{"akamai hdntl in path", "https://cdn.test/live/hdntl=exp=1780000000~acl=%2flive%2f*~data=hdntl~hmac=" + sha256 + "/a.m3u8", "akamai", end, 0},
		{"akamai path encoded", "https://cdn.test/hdntl%3Dexp%3D1780000000%7Eacl%3D%2F%2A%7Ehmac%3D" + sha256 + "/a.m3u8", "akamai", end, 0},
		{"cloudfront canned", "https://d1.cloudfront.test/a.m3u8?Expires=1780000000&Signature=Zm9v&Key-Pair-Id=APKA", "cloudfront", end, 0},
		{"cloudfront policy", "https://d1.cloudfront.test/a.m3u8?Policy=" + cloudfrontB64(policyJSON) + "&Signature=Zm9v&Key-Pair-Id=APKA", "policy", end, begin},
		{"cloudfront policy encoded", "https://d1.cloudfront.test/a.m3u8?Policy=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(policyJSON))), "policy", end, begin},
		{"nginx secure_link", "https://cdn.test/a.m3u8?md5=" + md5b64 + "&expires=1780000000", "expires", end, 0},
		{"nginx secure_link st e", "https://cdn.test/a.m3u8?st=" + md5b64 + "&e=1780000000", "secure_link", end, 0},
		{"nginx secure_link path", "https://cdn.test/p/" + md5b64 + ",1780000000/live/a.m3u8", "secure_link", end, 0},
		{"nginx secure_link path, hex", "https://cdn.test/p/" + md5hex + ",1780000000/live/a.m3u8", "secure_link", end, 0},
		{"nginx secure_link time first", "https://cdn.test/1780000000/" + md5hex + "/live/a.m3u8", "secure_link", end, 0},
		{"nginx secure_link hash first", "https://cdn.test/" + md5b64 + "/1780000000/live/a.m3u8", "secure_link", end, 0},
		{"google query", "https://cdn.test/a.m3u8?Expires=1780000000&KeyName=k&Signature=Zm9v", "google", end, 0},
		{"google path", "https://cdn.test/edge-cache-token=Expires=1780000000&KeyName=k&Signature=Zm9vYmFy/live/a.m3u8", "google", end, 0},
		{"google path encoded", "https://cdn.test/edge-cache-token=Expires%3D1780000000%26KeyName%3Dk%26Signature%3DZm9v/a.m3u8", "google", end, 0},
		{"fastly", "https://cdn.test/a.m3u8?token=1780000000_" + sha1, "fastly", end, 0},
		{"cloudflare verify", "https://cdn.test/a.m3u8?verify=1779990000-" + url.QueryEscape("Pd3lUz9jm+9mK5oJ4ZsC2GQ5Tk9q1R8="), "stamp", 0, begin},
		{"cloudflare stream", "https://customer.test/" + jwt(`{"sub":"5d5b","kid":"ab","exp":1780000000}`) + "/manifest/video.m3u8", "jwt", end, 0},
		{"bunny query", "https://cdn.test/a.m3u8?token=" + md5b64 + "&expires=1780000000&token_path=%2Flive%2F", "expires", end, 0},
		{"bunny path", "https://cdn.test/bcdn_token=" + md5b64 + "&expires=1780000000&token_path=%2Flive%2F/live/a.m3u8", "expires", end, 0},
		{"wowza", "https://cdn.test/a.m3u8?wowzatokenstarttime=1779990000&wowzatokenendtime=1780000000&wowzatokenhash=" + md5b64, "wowza", end, begin},
		{"wowza prefix", "https://cdn.test/a.m3u8?mysecretendtime=1780000000&mysecrethash=" + md5b64, "wowza", end, 0},
		{"flussonic", "https://cdn.test/a.m3u8?token=" + sha1 + "-Jh5saltA-1780000000-1779990000", "flussonic", end, begin},
		{"mediavault", "https://cdn.test/a.m3u8?e=1780000000&h=" + md5hex, "mediavault", end, 0},
		{"mediavault full", "https://cdn.test/a.m3u8?s=1779990000&e=1780000000&p=12&ip=10.0.0.1&h=" + md5hex, "mediavault", end, begin},
		{"keycdn", "https://cdn.test/a.m3u8?token=" + md5b64 + "&expire=1780000000", "expires", end, 0},
		{"gcore", "https://cdn.test/a.m3u8?md5=" + md5b64 + "&expires=1780000000", "expires", end, 0},
		{"gcore path", "https://cdn.test/" + md5b64 + "/1780000000/a.m3u8", "secure_link", end, 0},
		{"cdn77", "https://cdn.test/a.m3u8?secure=" + md5b64 + ",1780000000", "secure_link", end, 0},
		{"cdn77 padded, encoded", "https://cdn.test/a.m3u8?secure=" + md5b64 + "%3D%3D%2C1780000000", "secure_link", end, 0},
		{"cdn77 path", "https://cdn.test/" + md5b64 + "==,1780000000/live/a.m3u8", "secure_link", end, 0},
		{"alibaba A", "https://cdn.test/a.m3u8?auth_key=1779990000-0-0-" + md5hex, "stamp", 0, begin},
		{"alibaba B", "https://cdn.test/202605290140/" + md5hex + "/live/a.m3u8", "alibaba", 0, begin},
		{"alibaba C", "https://cdn.test/" + md5hex + "/" + hexBegin + "/live/a.m3u8", "alibaba", 0, begin},
		{"alibaba F", "https://cdn.test/a.m3u8?sign=" + md5hex + "&time=" + hexBegin, "alibaba", 0, begin},
		{"tencent live", "https://cdn.test/a.m3u8?txSecret=" + md5hex + "&txTime=" + hexEnd, "tencent", end, 0},
		{"tencent A", "https://cdn.test/a.m3u8?sign=1779990000-abc-0-" + md5hex, "stamp", 0, begin},
		{"googlevideo query", "https://r1.googlevideo.test/videoplayback?expire=1780000000&ei=abc&sparams=expire%2Cei&sig=AOq0", "googlevideo", end, 0},
		{"googlevideo path", "https://m.googlevideo.test/api/manifest/hls_variant/expire/1780000000/ei/abc/id/x.1/sig/AOq0/file/index.m3u8", "googlevideo", end, 0},
		{"twitch", "https://usher.test/api/channel/hls/a.m3u8?sig=" + sha1 + "&token=" + url.QueryEscape(`{"adblock":false,"channel":"a \"expires\":1 b","expires":1780000000,"private":{"expires":1500000000}}`), "json", end, 0},
		{"jwt in query", "https://cdn.test/a.m3u8?anything=" + jwt(`{"iat":1779990000,"exp":1780000000}`), "jwt", end, begin},
		{"jwt, fraction", "https://cdn.test/a.m3u8?t=" + jwt(`{"iat":1779990000.25,"exp":1780000000.75}`), "jwt", end, begin},
		{"jwt, name in path", "https://cdn.test/token=" + jwt(`{"exp":1780000000}`) + "/a.m3u8", "jwt", end, 0},
		{"s3", "https://b.s3.test/a.m3u8?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260528T174000Z&X-Amz-Expires=10000&X-Amz-Signature=" + sha256, "amz", end, begin},
		{"gcs", "https://b.storage.test/a.m3u8?X-Goog-Date=20260528T174000Z&X-Goog-Expires=10000&X-Goog-Signature=" + sha256, "amz", end, begin},
		{"azure", "https://b.blob.test/a.m3u8?se=2026-05-28T20%3A26%3A40Z&sig=Zm9v", "azure", end, 0},
		{"milliseconds", "https://cdn.test/a.m3u8?expires=1780000000123&token=abc", "expires", end, 0},
		{"several: the earliest", "https://cdn.test/exp=1780000000~acl=%2f*~hmac=ab/a.m3u8?Expires=1790000000&KeyName=k", "akamai", end, 0},
		{"upper case, port", "HTTPS://CDN.test:8443/a.m3u8?EXPIRES=1780000000&TOKEN=abc", "expires", end, 0},
		{"relative", "seg-1.ts?expires=1780000000&md5=" + md5b64, "expires", end, 0},
		{"many parameters", "https://cdn.test/a.m3u8?" + strings.Repeat("a=b&", 60) + "expires=1780000000", "expires", end, 0},
		{"url within a value", "https://proxy.test/a?url=" + url.QueryEscape("https://cdn.test/a.m3u8?Expires=1780000000&KeyName=k"), "google", end, 0},
	}
}

func TestTheExpiryOfEveryFormatIsRead(t *testing.T) {
	for _, tc := range urlCases() {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := URL(tc.url)
			require.True(t, ok, tc.url)
			assert.Equal(t, tc.format, got.Format)
			if tc.ends == 0 {
				assert.True(t, got.Ends.IsZero(), "a time of issue is not an expiry: %v", got.Ends)
			} else {
				assert.Equal(t, time.Unix(tc.ends, 0).UTC(), got.Ends)
			}
			if tc.issued == 0 {
				assert.True(t, got.Issued.IsZero(), got.Issued)
			} else {
				assert.Equal(t, time.Unix(tc.issued, 0).UTC(), got.Issued)
			}
		})
	}
}

// refused holds URLs that look as if they contained a token, but do not.
var refused = []string{
	"",
	"not a url",
	"https://cdn.test/live/a.m3u8",
	"https://cdn.test/live/a.m3u8?ch=3",
	"https://cdn.test/live/a.m3u8?id=1700000000",
	"https://cdn.test/live/a.m3u8?t=1700000000",
	"https://cdn.test/live/a.m3u8?_=1700000000123",
	"https://cdn.test/live/a.m3u8?v=1700000000&ch=3",
	"https://cdn.test/live/a.m3u8?e=1700000000",
	"https://cdn.test/live/a.m3u8?e=5&h=720",
	"https://cdn.test/live/a.m3u8?e=1700000000&h=720",
	"https://cdn.test/live/a.m3u8?expires=3600",
	"https://cdn.test/live/a.m3u8?expires=never",
	"https://cdn.test/live/a.m3u8?expires=900000000",
	"https://cdn.test/live/a.m3u8?expires=4102444800",
	"https://cdn.test/live/a.m3u8?wowzatokenendtime=0&wowzatokenhash=abc",
	"https://cdn.test/live/a.m3u8?time=6A17A000",
	"https://cdn.test/live/a.m3u8?txTime=1780000000",
	"https://cdn.test/live/a.m3u8?verify=me-1700000000",
	"https://cdn.test/live/a.m3u8?token=opaque0123456789",
	"https://cdn.test/live/a.m3u8?token=1700000000",
	"https://cdn.test/live/a.m3u8?token=1700000000_short",
	"https://cdn.test/live/a.m3u8?token=words-and-1780000000-1779990000",
	"https://cdn.test/live/a.m3u8?X-Amz-Date=20260528T174000Z",
	"https://cdn.test/live/a.m3u8?X-Amz-Expires=3600",
	"https://cdn.test/live/a.m3u8?se=sweden",
	"https://cdn.test/live/a.m3u8?Policy=none",
	"https://cdn.test/live/a.m3u8?Policy=" + "bm90IGpzb24gYXQgYWxsIDE3ODAwMDAwMDA",
	"https://cdn.test/live/a.m3u8?j=eyJ.eyJ.eyJ",
	"https://cdn.test/live/1700000000/a.m3u8",
	"https://cdn.test/live/1700000000.ts",
	"https://cdn.test/live/media_1700000000_1.ts",
	"https://cdn.test/202605290140/seg.ts",
	"https://cdn.test/" + md5hex + "/a.m3u8",
	"https://cdn.test/" + md5hex + "/17000000/a.m3u8",
	"https://cdn.test/a,b,1700000000/a.m3u8",
	"https://cdn.test/expire/soon/a.m3u8",
	"https://cdn.test/2024/05/29/race/1080p/a.m3u8",
	"https://cdn.test/a=b/c=d/a.m3u8?x=%zz&%",
	"https://cdn.test/a.m3u8#expires=1780000000",
}

func TestURLsWithoutTokensAreNotChanged(t *testing.T) {
	for _, u := range refused {
		got, ok := URL(u)
		assert.False(t, ok, "%s was read as %+v", u, got)
	}
}

func TestTheExpiryOfCookiesIsRead(t *testing.T) {
	for _, tc := range []struct {
		name, value string
		ends        int64
	}{
		{"hdntl", "exp=1780000000~acl=/*~data=hdntl~hmac=" + sha256, end},
		{"hdntl", "exp=1780000000%7eacl=%2f*%7ehmac=" + sha256, end},
		{"hdnea", "st=1779990000~exp=1780000000~acl=/*~hmac=" + sha256, end},
		{"_alid_", "exp=1780000000~acl=/*~hmac=" + sha256, end},
		{"CloudFront-Policy", cloudfrontB64(policyJSON), end},
		{"CloudFront-Expires", "1780000000", end},
		{"Edge-Cache-Cookie", "URLPrefix=aHR0cHM6Ly9jZG4udGVzdC8:Expires=1780000000:KeyName=k:Signature=Zm9v", end},
		{"Cloud-CDN-Cookie", "URLPrefix=aHR0cHM6Ly9jZG4udGVzdC8=:Expires=1780000000:KeyName=k:Signature=Zm9v", end},
		{"session", jwt(`{"exp":1780000000}`), end},
		{"access", `"` + jwt(`{"exp":1780000000}`) + `"`, end},
		{"CloudFront-Signature", "Zm9vYmFy", 0},
		{"CloudFront-Key-Pair-Id", "APKA", 0},
		{"PHPSESSID", md5hex, 0},
		{"visited", "1780000000", 0},
		{"", "", 0},
	} {
		got, ok := Cookie(tc.name, tc.value)
		require.Equal(t, tc.ends != 0, ok, "%s=%s: %+v", tc.name, tc.value, got)
		if ok {
			assert.Equal(t, time.Unix(tc.ends, 0).UTC(), got.Ends, tc.name)
		}
	}
}

var (
	sinkLife Life
	sinkOK   bool
)

func BenchmarkURL(b *testing.B) {
	for _, tc := range urlCases() {
		b.Run(strings.ReplaceAll(tc.name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkLife, sinkOK = URL(tc.url)
			}
		})
	}
	b.Run("no-token", func(b *testing.B) {
		for b.Loop() {
			sinkLife, sinkOK = URL("https://cdn.test/live/world/1080p/segment-000123456.ts?ch=3&lang=en")
		}
	})
}

func BenchmarkIdentity(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _, _, sinkOK = Identity("https://cdn.test/live/a.m3u8?ch=3&hdnts=st=1779990000~exp=1780000000~acl=/live/*~hmac=" + sha256)
	}
}
