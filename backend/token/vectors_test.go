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

// values are the parts of a token that differ at each extraction.
type values struct {
	end, begin                   int64
	md5hex, md5b64, sha1, sha256 string
	session                      int
}

var someValues = values{end, begin, md5hex, md5b64, sha1, sha256, 271}

var otherValues = values{end + 4711, begin + 4711, "5f4dcc3b5aa765d61d8327deb882cf99", "X03MO1qnZdYdgyfeuILPmQ",
	"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8f", 9314}

// vector is a URL that carries a token of one format.
type vector struct {
	name, url, format string
	ends, issued      int64 // 0: the URL does not say
	host, path, query string
	secrets           []string // what a redacted text must not hold
}

func std64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// vectors returns the formats of the vendors' documents and of public bug reports, made of v.
func vectors(v values) []vector {
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	e, b := fmt.Sprint(v.end), fmt.Sprint(v.begin)
	hexE, hexB := fmt.Sprintf("%x", v.end), fmt.Sprintf("%x", v.begin)
	iso, life := at(v.end).Format("2006-01-02T15:04:05Z"), v.end-v.begin
	compact := at(v.end).Format("20060102150405")
	nimble := fmt.Sprintf("server_time=%s&hash_value=%s==&validminutes=20", at(v.end-1200).Format("1/2/2006 3:04:05 PM"), v.md5b64)
	fastly := std64(hexE + "_" + v.sha256)
	akamai := fmt.Sprintf("st=%d~exp=%d~acl=/*~hmac=%s", v.begin, v.end, v.sha256)
	ks := std64(v.sha1 + "|123;123;" + e + ";0;5678;;*")
	cos := "q-sign-algorithm=sha1&q-ak=AKIDexample&q-sign-time=" + b + ";" + e + "&q-key-time=" + b + ";" + e + "&q-signature=" + v.sha1
	q := url.QueryEscape
	list := []vector{
		{name: "nimble", url: "https://cdn.test/live/w/playlist.m3u8?nimblesessionid=" + fmt.Sprint(v.session) + "&wmsAuthSign=" + std64(nimble), format: "nimble", ends: v.end, issued: v.end - 1200, path: "/live/w/playlist.m3u8"},
		{name: "nimble, escaped", url: "https://cdn.test/live/w.m3u8?wmsAuthSign=" + q(std64(nimble+"&id=7")), format: "nimble", ends: v.end, issued: v.end - 1200, path: "/live/w.m3u8"},
		{name: "nimble, no padding", url: "https://cdn.test/live/w.m3u8?ch=3&wmsAuthSign=" + strings.TrimRight(std64(nimble+"&strm_len=5"), "="), format: "nimble", ends: v.end, issued: v.end - 1200, path: "/live/w.m3u8", query: "ch=3"},
		{name: "nimble, URL's base64", url: "https://cdn.test/live/w.m3u8?wmsAuthSign=" + base64.URLEncoding.EncodeToString([]byte(nimble)), format: "nimble", ends: v.end, issued: v.end - 1200, path: "/live/w.m3u8"},
		{name: "wsTime", url: "https://cdn.test/live/w.m3u8?wsSecret=" + v.md5hex + "&wsTime=" + hexE + "&fm=QUJD&ctype=h_live&seqid=" + e + "456&u=" + fmt.Sprint(v.session) + "&t=" + fmt.Sprint(v.session+1), format: "tencent", ends: v.end, path: "/live/w.m3u8", query: "ctype=h_live"},
		{name: "wsTime, decimal", url: "https://cdn.test/w.m3u8?wsSecret=" + v.md5hex + "&wsTime=" + e, format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "wsABSTime", url: "https://cdn.test/w.m3u8?wsSecret=" + v.md5hex + "&wsABSTime=" + hexE, format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "volcTime", url: "https://cdn.test/w.m3u8?volcSecret=" + v.md5hex + "&volcTime=" + e, format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "txTime", url: "https://cdn.test/w.m3u8?txSecret=" + v.md5hex + "&txTime=" + strings.ToUpper(hexE), format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "tencent D", url: "https://cdn.test/w.m3u8?sign=" + v.md5hex + "&t=" + hexB, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "tencent D, decimal", url: "https://cdn.test/w.m3u8?sign=" + v.md5hex + "&t=" + b, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "tencent C", url: "https://cdn.test/" + v.md5hex + "/" + hexB + "/w.m3u8", format: "alibaba", issued: v.begin, path: "/w.m3u8"},
		{name: "fastly_token", url: "https://cdn.test/playback/v1/x/master.m3u8?fastly_token=" + q(fastly), format: "fastly", ends: v.end, path: "/playback/v1/x/master.m3u8"},
		{name: "fastly_token, twice escaped", url: "https://cdn.test/v1/x/master.m3u8?fastly_token=" + q(q(fastly)), format: "fastly", ends: v.end, path: "/v1/x/master.m3u8"},
		{name: "fastly_token, clear", url: "https://cdn.test/v1/x/master.m3u8?fastly_token=" + hexE + "_" + v.sha256, format: "fastly", ends: v.end, path: "/v1/x/master.m3u8"},
		{name: "start and life: s, e", url: "https://cdn.test/hls2/01/x_,n,.urlset/master.m3u8?t=" + "Xh0jF8OVq5J_koBGaDfmFsJp4J_n6eMZLEpBYM5I" + v.md5b64[:3] + "&s=" + b + "&e=" + fmt.Sprint(life) + "&f=914&srv=9&i=0.4&sp=500&asn=64500", format: "life", ends: v.end, issued: v.begin, path: "/hls2/01/x_,n,.urlset/master.m3u8", query: "asn=64500&f=914&i=0.4&sp=500&srv=9"},
		{name: "start and life: st, ttl", url: "https://cdn.test/w.m3u8?st=" + b + "&ttl=" + fmt.Sprint(life) + "&hash=" + v.md5hex, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "start and life: st, exp", url: "https://cdn.test/w.m3u8?st=" + b + "&exp=" + fmt.Sprint(life) + "&sig=" + v.sha1, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "start and life: ts, valid", url: "https://cdn.test/w.m3u8?ts=" + b + "&valid=" + fmt.Sprint(life) + "&token=" + v.sha256, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "start and life: st, duration", url: "https://cdn.test/w.m3u8?st=" + b + "&duration=" + fmt.Sprint(life) + "&token=" + v.sha256, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "hash and time apart", url: "https://cdn.test/live22/" + v.md5b64 + "/9981/" + e + "/1.m3u8", format: "secure_link", ends: v.end, path: "/live22/*/9981/*/1.m3u8"},
		{name: "time and hash apart", url: "https://cdn.test/" + e + "/hd/" + v.md5hex + "/1.m3u8", format: "secure_link", ends: v.end, path: "/*/hd/*/1.m3u8"},
		{name: "milliseconds and hash apart", url: "https://cdn.test/" + e + "123/hd/" + v.sha256 + "/1.m3u8", format: "secure_link", ends: v.end, path: "/*/hd/*/1.m3u8"},
		{name: "pairs: expires, sig", url: "https://cdn.test/live/expires/" + e + "/sig/" + v.md5b64 + "/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "pairs: sig, exp", url: "https://cdn.test/live/sig/" + v.sha1 + "/exp/" + e + "/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "pairs: exp, hex", url: "https://cdn.test/live/token/" + v.sha1 + "/exp/" + iso + "/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "googlevideo", url: "https://m.test/api/manifest/hls_playlist/expire/" + e + "/ei/x" + b + "/ip/10.0.0.1/id/abc.1/itag/96/source/yt/sparams/expire,ei,ip,id/sig/" + v.sha1 + "/playlist/index.m3u8", format: "googlevideo", ends: v.end, path: "/api/manifest/hls_playlist/id/abc.1/itag/96/source/yt/playlist/index.m3u8"},
		{name: "matrix", url: "https://cdn.test/live/w.m3u8;exp=" + e + ";hash=" + v.md5hex + "?ch=3", format: "expires", ends: v.end, path: "/live/w.m3u8", query: "ch=3"},
		{name: "matrix in the middle", url: "https://cdn.test/live;expires=" + e + ";sig=" + v.sha1 + "/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "jsessionid", url: "https://cdn.test/live/w.m3u8;jsessionid=" + strings.ToUpper(v.md5hex) + "?expires=" + e, format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "akamai __token__", url: "https://cdn.test/w.m3u8?__token__=" + akamai, format: "akamai", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "akamai hdnts, escaped", url: "https://cdn.test/w.m3u8?ch=3&hdnts=" + q(akamai), format: "akamai", ends: v.end, issued: v.begin, path: "/w.m3u8", query: "ch=3"},
		{name: "akamai __gda__", url: "https://cdn.test/w.m3u8?__gda__=" + e + "_" + v.md5hex, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "akamai path with data", url: "https://cdn.test/live/hdnea=" + strings.ReplaceAll(akamai, "/", "%2F") + "~data=hd/w.m3u8", format: "akamai", ends: v.end, issued: v.begin, path: "/live/w.m3u8"},
		{name: "vimeo", url: "https://cdn.test/exp=" + e + "~acl=%2Fa%2F%2A~hmac=" + v.sha256 + "/a/sep/playlist.m3u8", format: "akamai", ends: v.end, path: "/a/sep/playlist.m3u8"},
		{name: "cloudfront", url: "https://d.test/w.m3u8?Expires=" + e + "&Signature=" + v.sha256 + "&Key-Pair-Id=APKA", format: "cloudfront", ends: v.end, path: "/w.m3u8"},
		{name: "cloudfront policy", url: "https://d.test/w.m3u8?Policy=" + cloudfrontB64(`{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":`+e+`}}}]}`) + "&Signature=" + v.sha256 + "&Key-Pair-Id=APKA", format: "policy", ends: v.end, path: "/w.m3u8"},
		{name: "media cdn query", url: "https://cdn.test/w.m3u8?edge-cache-token=URLPrefix=aHR0cHM~Expires=" + e + "~KeyName=k~Signature=" + v.sha256, format: "google", ends: v.end, path: "/w.m3u8"},
		{name: "media cdn path", url: "https://cdn.test/edge-cache-token=Expires=" + e + "&KeyName=k&Signature=" + v.sha256 + "/w.m3u8", format: "google", ends: v.end, path: "/w.m3u8"},
		{name: "azure, date only", url: "https://b.test/w.m3u8?sv=2024-08-04&se=" + at(v.end).Format("2006-01-02") + "&sp=r&sig=" + v.sha256, format: "azure", ends: v.end / 86400 * 86400, path: "/w.m3u8", query: "sp=r&sv=2024-08-04"},
		{name: "azure with start", url: "https://b.test/w.m3u8?st=" + q(at(v.begin).Format(time.RFC3339)) + "&se=" + q(iso) + "&sp=r&sig=" + v.sha256, format: "azure", ends: v.end, issued: v.begin, path: "/w.m3u8", query: "sp=r"},
		{name: "oss", url: "https://b.test/w.m3u8?Expires=" + e + "&OSSAccessKeyId=LTAI&Signature=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "oss V4", url: "https://b.test/w.m3u8?x-oss-date=" + at(v.begin).Format("20060102T150405Z") + "&x-oss-expires=" + fmt.Sprint(life) + "&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=LTAI&x-oss-signature=" + v.sha256, format: "amz", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "s3", url: "https://b.test/w.m3u8?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20300101&X-Amz-Date=" + at(v.begin).Format("20060102T150405Z") + "&X-Amz-Expires=" + fmt.Sprint(life) + "&X-Amz-SignedHeaders=host&X-Amz-Signature=" + v.sha256, format: "amz", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "tencent COS", url: "https://b.test/w.m3u8?" + strings.ReplaceAll(cos, ";", "%3B"), format: "tencent", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "level3 nva", url: "https://cdn.test/w.m3u8?nvb=" + at(v.begin).Format("20060102150405") + "&nva=" + compact + "&token=0" + v.sha1[:20], format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "lumen etime", url: "https://cdn.test/w.m3u8?stime=" + at(v.begin).Format("20060102150405") + "&etime=" + compact + "&hash=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "qiniu", url: "https://cdn.test/w.m3u8?e=" + e + "&token=AKexample:" + v.sha1 + "=", format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "upyun", url: "https://cdn.test/w.m3u8?_upt=" + v.md5hex[:8] + e, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "kaltura", url: "https://cdn.test/p/1/w.m3u8?ks=" + ks, format: "kaltura", ends: v.end, path: "/p/1/w.m3u8"},
		{name: "kaltura in the path", url: "https://cdn.test/p/1/ks/" + strings.TrimRight(ks, "=") + "/w.m3u8", format: "kaltura", ends: v.end, path: "/p/1/w.m3u8"},
		{name: "json policy: expires", url: "https://cdn.test/w.m3u8?policy=" + b64url(`{"url":"https://cdn.test/*","expires":`+e+`}`), format: "policy", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: validUntil, ISO", url: "https://cdn.test/w.m3u8?token=" + b64url(`{"id":7,"validUntil":"`+iso+`"}`) + "." + v.md5b64, format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: valid_to, ms", url: "https://cdn.test/w.m3u8?access=" + b64url(`{"valid_to":`+e+`123}`), format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: not_after", url: "https://cdn.test/w.m3u8?Policy=" + q(std64(`{ "not_after": "`+iso+`" }`)), format: "policy", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: endTime", url: "https://cdn.test/w.m3u8?token=" + std64(`{"endTime":"`+e+`","ip":"10.0.0.1"}`), format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: deadline", url: "https://cdn.test/w.m3u8?token=" + std64(`{"scope":"a","deadline":`+e+`.5}`), format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "json policy: issued, ttl", url: "https://cdn.test/w.m3u8?token=" + std64(`{"iat":`+b+`,"ttl":`+fmt.Sprint(life)+`}`), format: "json", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "json in the path", url: "https://cdn.test/" + b64url(`{"expiration":`+e+`,"path":"/live"}`) + "/w.m3u8", format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "jwt", url: "https://cdn.test/w.m3u8?bcov_auth=" + jwt(`{"iat":`+b+`,"exp":`+e+`}`), format: "jwt", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "jwt pair in the path", url: "https://cdn.test/token/" + jwt(`{"exp":`+e+`}`) + "/w.m3u8", format: "jwt", ends: v.end, path: "/w.m3u8"},
		{name: "parameters in base64", url: "https://cdn.test/w.m3u8?token=" + q(std64("expires="+e+"&sig="+v.sha1)), format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "hex", url: "https://cdn.test/w.m3u8?expires=" + hexE + "&sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "ISO time", url: "https://cdn.test/w.m3u8?expires=" + q(iso) + "&sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "ISO time with a zone", url: "https://cdn.test/w.m3u8?expiry=" + q(at(v.end).In(utc8).Format(time.RFC3339)) + "&sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "microseconds", url: "https://cdn.test/w.m3u8?expires=" + e + "123456&sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "a vendor's own name", url: "https://cdn.test/w.m3u8?cdn_expires=" + e + "&cdn_sig_token=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "cdn77", url: "https://cdn.test/w.m3u8?secure=" + v.md5b64 + "," + e, format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "bunny path", url: "https://cdn.test/bcdn_token=" + v.md5b64 + "&expires=" + e + "&token_path=%2Flive%2F/live/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "wowza", url: "https://cdn.test/w.m3u8?wowzatokenstarttime=" + b + "&wowzatokenendtime=" + e + "&wowzatokenhash=" + v.md5b64, format: "wowza", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "flussonic", url: "https://cdn.test/w.m3u8?token=" + v.sha1 + "-Jh5s-" + e + "-" + b, format: "flussonic", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "mediavault", url: "https://cdn.test/w.m3u8?p=34&e=" + e + "&h=" + v.md5hex, format: "mediavault", ends: v.end, path: "/w.m3u8"},
		{name: "time and hash in one element", url: "https://cdn.test/live/" + e + "_" + v.md5hex + "/w.m3u8", format: "fastly", ends: v.end, path: "/live/w.m3u8"},
		{name: "cloudflare", url: "https://cdn.test/w.m3u8?verify=" + b + "-" + q(std64(v.md5hex)), format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "pairs: exp, st", url: "https://cdn.test/exp/" + e + "/st/" + v.md5hex + "/w.m3u8", format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "pairs: e, h", url: "https://cdn.test/e/" + e + "/h/" + v.md5hex + "/w.m3u8", format: "secure_link", ends: v.end, path: "/e/*/h/*/w.m3u8"},
		{name: "hash-time in one element", url: "https://cdn.test/vod/" + v.md5b64 + "-" + e + "/w.m3u8", format: "fastly", ends: v.end, path: "/vod/w.m3u8"},
		{name: "time:hash", url: "https://cdn.test/w.m3u8?token=" + e + ":" + v.md5hex, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "hash-time", url: "https://cdn.test/w.m3u8?token=" + v.sha1 + "-" + e, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "time:hash in base64", url: "https://cdn.test/w.m3u8?token=" + std64(e+":"+v.md5hex), format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "time,hash", url: "https://cdn.test/w.m3u8?secure=" + e + "," + v.md5b64, format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "HTTP's date", url: "https://cdn.test/w.m3u8?sig=" + v.sha1 + "&Expires=" + q(at(v.end).Format("Mon, 02 Jan 2006 15:04:05 GMT")), format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "json, nested", url: "https://cdn.test/w.m3u8?data=" + b64url(`{"a":{"exp":`+e+`}}`), format: "json", ends: v.end, path: "/w.m3u8"},
		{name: "e, ip, hash", url: "https://cdn.test/w.m3u8?e=" + e + "&ip=10.0.0.1&hash=" + v.md5b64 + "&time=" + b, format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "e in hexadecimal", url: "https://cdn.test/w.m3u8?st=" + v.md5b64 + "&e=" + hexE, format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "the event's time beside the token", url: "https://cdn.test/w.m3u8?expires=" + e + "&sig=" + v.sha1 + "&t=" + b, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "a cache buster", url: "https://cdn.test/w.m3u8?_=" + e + "123&cb=" + b + "&expires=" + e + "&sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
	}
	list = append(list, vendorVectors(v)...)
	list = append(list, unitVectors(v)...)
	for i := range list {
		u, err := url.Parse(list[i].url)
		if err != nil {
			panic(err)
		}
		list[i].host = u.Host
		// These, and every value of the query, are secret.
		for _, s := range []string{v.md5hex, strings.ToUpper(v.md5hex), v.md5b64, v.sha1, v.sha256} {
			if strings.Contains(list[i].url, s) {
				list[i].secrets = append(list[i].secrets, s)
			}
		}
		if strings.Contains(u.Path, e) {
			list[i].secrets = append(list[i].secrets, e)
		}
		for _, part := range strings.Split(u.RawQuery, "&") {
			if _, value, _ := strings.Cut(part, "="); len(value) > 12 {
				list[i].secrets = append(list[i].secrets, value)
			}
		}
		for _, el := range strings.Split(u.EscapedPath(), "/") {
			if strings.HasPrefix(el, "eyJ") || len(el) > 60 {
				list[i].secrets = append(list[i].secrets, el)
			}
		}
	}
	return list
}

func TestTheExpiryOfEveryVendorsTokenIsRead(t *testing.T) {
	for _, tc := range vectors(someValues) {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := URL(tc.url)
			require.Equal(t, tc.format != "", ok, tc.url)
			assert.Equal(t, tc.format, got.Format)
			if tc.ends == 0 {
				assert.True(t, got.Ends.IsZero(), "a time of issue is not an expiry: %v", got.Ends)
			} else {
				assert.Equal(t, time.Unix(tc.ends, 0).UTC(), got.Ends)
			}
			if tc.issued != 0 {
				assert.Equal(t, time.Unix(tc.issued, 0).UTC(), got.Issued)
			}
		})
	}
}

func TestAStreamKeepsItsIdentityWithEveryVendorsNewToken(t *testing.T) {
	others := vectors(otherValues)
	for i, tc := range vectors(someValues) {
		t.Run(tc.name, func(t *testing.T) {
			host, path, query, ok := Identity(tc.url)
			require.True(t, ok)
			assert.Equal(t, [3]string{tc.host, tc.path, tc.query}, [3]string{host, path, query}, tc.url)
			host, path, query, _ = Identity(others[i].url)
			assert.Equal(t, [3]string{tc.host, tc.path, tc.query}, [3]string{host, path, query}, others[i].url)
		})
	}
}

// The inputs of the bug reports, unchanged.
func TestTokensFromBugReportsAreRead(t *testing.T) {
	const far = 1893456000
	for name, tc := range map[string]struct {
		url  string
		ends int64
	}{
		"C01": {"https://cdn.example/live/w/playlist.m3u8?nimblesessionid=271&wmsAuthSign=c2VydmVyX3RpbWU9MS8xLzIwMzAgNjoyOToxMSBBTSZoYXNoX3ZhbHVlPUFhQmJDYz09JnZhbGlkbWludXRlcz0yMA==", far + 6*3600 + 49*60 + 11},
		"C02": {"https://cdn.example/live/w.m3u8?wsSecret=0123456789abcdef0123456789abcdef&wsTime=70dbd880&fm=QUJD&ctype=h_live&seqid=1893456123456&u=123&t=100", far},
		"C03": {"https://cdn.example/playback/v1/x/master.m3u8?fastly_token=NzBkYmQ4ODBfMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg%253D%253D", far},
		"C04": {"https://cdn.example/hls2/01/x_,n,.urlset/master.m3u8?t=Xh0jF8OVq5J_koBGaDfmFsJp4J_n6eMZLEpBYM5IOfE&s=1893456000&e=129600&f=914&srv=9&i=0.4&sp=500&asn=64500", 1893585600},
		"C05": {"https://cdn.example/live22/Zk9-ab_QwErTyUiOpAsDfG/9981/1893456000/1.m3u8", far},
	} {
		got, ok := URL(tc.url)
		require.True(t, ok, name)
		assert.Equal(t, time.Unix(tc.ends, 0).UTC(), got.Ends, name)
	}
	_, path, _, _ := Identity("https://cdn.example/live22/Zk9-ab_QwErTyUiOpAsDfG/9981/1893456000/1.m3u8")
	assert.Equal(t, "/live22/*/9981/*/1.m3u8", path)
}

// decoys contain times, hashes and random texts that are not tokens, or numbers that are not times.
var decoys = []string{
	"https://cdn.test/live/a.m3u8?s=1780000000&e=129600",
	"https://cdn.test/live/a.m3u8?start=1780000000&duration=3600&token=abcdefgh",
	"https://cdn.test/live/a.m3u8?ts=1780000000",
	"https://cdn.test/live/a.m3u8?ts=1780000000&token=abcdefgh12345678",
	"https://cdn.test/live/a.m3u8?ttl=3600&token=abcdefgh12345678",
	"https://cdn.test/live/a.m3u8?expires=20300101&token=abcdefgh12345678",
	"https://cdn.test/live/a.m3u8?wmsAuthSign=opaque",
	"https://cdn.test/live/a.m3u8?wmsAuthSign=" + "c2VydmVyX3RpbWU9bm93Jmhhc2hfdmFsdWU9QWFCYkNjPT0mdmFsaWRtaW51dGVzPTIw",
	"https://cdn.test/live/a.m3u8?token=" + "bGl2ZS93b3JsZC9mZWVkLTE",
	"https://cdn.test/live/1780000000/world/a.m3u8",
	"https://cdn.test/9e107d9d372bb6826bd81d3542a419d6/world/a.m3u8",
	"https://cdn.test/expires/never/a.m3u8",
	"https://cdn.test/session/race/a.m3u8",
	"https://cdn.test/secure/formula-grand-prix-race/a.m3u8",
	"https://cdn.test/live/a.m3u8;v=2",
	"https://cdn.test/live/cam-44-1780000000/a.m3u8",
	"https://cdn.test/live/1780000000-race-of-northmoor-session-one/a.m3u8",
	"https://cdn.test/live/a.m3u8?start=1780000000&duration=3600&token=" + md5hex,
	"https://cdn.test/live/a.m3u8?ts=1780000000&e=5&token=" + md5hex,
	"https://cdn.test/live/a.m3u8?aTime=1780000000&bSecret=" + md5hex,
	"https://cdn.test/live/a.m3u8?regexp=1780000000&hd=1",
	"https://cdn.test/live/a.m3u8?id=1893456000123456789&token=" + md5hex,
	"https://cdn.test/live/a.m3u8?token=" + "6c6976652f776f726c642f66656564",
	"https://cdn.test/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)",
}

func TestTextWithoutATokenIsNotReadAsOne(t *testing.T) {
	for _, u := range decoys {
		got, ok := URL(u)
		assert.False(t, ok && !got.Ends.IsZero(), "%s was read as %+v", u, got)
	}
	_, path, query, _ := Identity("https://cdn.test/secure/formula-grand-prix-race/a.m3u8;v=2?duration=3600&start=1780000000&ver=2&u=5&t=100")
	assert.Equal(t, "/secure/formula-grand-prix-race/a.m3u8;v=2?duration=3600&start=1780000000&t=100&u=5&ver=2", path+"?"+query)
}
