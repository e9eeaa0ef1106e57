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

// vendorVectors returns further formats, as the vendors' own documents write them.
func vendorVectors(v values) []vector {
	e, b := fmt.Sprint(v.end), fmt.Sprint(v.begin)
	hexE, hexB := fmt.Sprintf("%x", v.end), fmt.Sprintf("%x", v.begin)
	life := fmt.Sprint(v.end - v.begin)
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	minute := at(v.begin / 60 * 60).In(utc8).Format("200601021504")
	q := url.QueryEscape
	n := fmt.Sprint(v.session)
	const video = "5d5bc37ffcf54c9b82e996823bffbb81"
	return []vector{
		{name: "cloudflare stream", url: "https://customer.test/" + jwt(`{"sub":"`+video+`","kid":"ab","exp":`+e+`,"nbf":`+b+`}`) + "/manifest/w.m3u8", format: "jwt", ends: v.end, issued: v.begin, path: "/" + video + "/manifest/w.m3u8"},
		{name: "akamai, acl of two patterns in the path", url: "https://cdn.test/live/hdntl=exp=" + e + "~acl=/live/*!/img/*~data=hdntl~hmac=" + v.sha256 + "/w.m3u8", format: "akamai", ends: v.end, path: "/live/w.m3u8"},
		{name: "akamai, acl of two patterns", url: "https://cdn.test/w.m3u8?hdnea=ip=10.0.0.1~st=" + b + "~exp=" + e + "~acl=/live/*!/img/*~id=" + v.md5hex + "~data=a!b~hmac=" + v.sha256, format: "akamai", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "akamai, url instead of acl", url: "https://cdn.test/w.m3u8?hdnts=exp=" + e + "~url=%2fw.m3u8~hmac=" + v.sha256, format: "akamai", ends: v.end, path: "/w.m3u8"},
		{name: "akamai __bgda__", url: "https://cdn.test/w.m3u8?__bgda__=" + e + "_" + v.md5hex, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "cloudinary", url: "https://cdn.test/w.m3u8?__cld_token__=st=" + b + "~exp=" + e + "~acl=%2fimage%2f*~hmac=" + v.sha256, format: "akamai", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "cloudfront with its algorithm", url: "https://d.test/w.m3u8?Expires=" + e + "&Signature=" + v.sha256 + "&Key-Pair-Id=APKA&Hash-Algorithm=SHA256", format: "cloudfront", ends: v.end, path: "/w.m3u8"},
		{name: "fastly, 0x", url: "https://cdn.test/w.m3u8?token=" + e + "_0x" + v.sha1, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "vimeo, time-0xhash", url: "https://cdn.test/" + e + "-0x" + v.sha1 + "/sep/w.m3u8", format: "fastly", ends: v.end, path: "/sep/w.m3u8"},
		{name: "vimeo, token2", url: "https://cdn.test/w.m3u8?token2=" + e + "_" + v.md5hex, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "cloudflare images", url: "https://cdn.test/w.m3u8?exp=" + e + "&sig=" + v.sha256, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "bunny v2", url: "https://cdn.test/w.m3u8?token=HS256-" + v.md5b64 + v.md5b64[:21] + "&token_path=%2Flive%2F&token_countries=DE,FR&expires=" + e, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "bunny v2, path", url: "https://cdn.test/bcdn_token=HS256-" + v.md5b64 + v.md5b64[:21] + "&expires=" + e + "&token_path=%2Flive%2F/live/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "bunny, path in another order", url: "https://cdn.test/expires=" + e + "&token_path=%2Flive%2F&bcdn_token=" + v.md5b64 + "/live/w.m3u8", format: "expires", ends: v.end, path: "/live/w.m3u8"},
		{name: "cdn77, path", url: "https://cdn.test/" + v.md5b64 + "," + e + "/live/w.m3u8", format: "secure_link", ends: v.end, path: "/live/w.m3u8"},
		{name: "secure= in the path", url: "https://cdn.test/secure=" + v.md5b64 + "," + e + "/live/w.m3u8", format: "secure_link", ends: v.end, path: "/live/w.m3u8"},
		{name: "highwinds", url: "https://cdn.test/w.m3u8?ttl=" + e + "&token=" + v.md5hex, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "highwinds, other names", url: "https://cdn.test/w.m3u8?l=20&i=10.0.0.1&valid=" + e + "&hash=" + v.md5hex, format: "expires", ends: v.end, path: "/w.m3u8", query: "i=10.0.0.1&l=20"},
		{name: "edgecast", url: "https://cdn.test/w.m3u8?ec_token=" + v.sha256 + v.sha1, path: "/w.m3u8"},
		{name: "edgecast, bare", url: "https://cdn.test/w.m3u8?" + v.sha256 + v.sha1 + "&ch=3", path: "/w.m3u8", query: "ch=3"},
		{name: "tencent VOD", url: "https://cdn.test/w.m3u8?t=" + hexE + "&exper=0&rlimit=3&us=" + v.md5hex[:10] + "&sign=" + v.md5hex, format: "tencent", ends: v.end, path: "/w.m3u8", query: "exper=0&rlimit=3"},
		{name: "tencent A", url: "https://cdn.test/w.m3u8?sign=" + b + "-" + v.md5hex[:8] + "-0-" + v.md5hex, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "tencent B", url: "https://cdn.test/" + minute + "/" + v.md5hex + "/live/w.m3u8", format: "alibaba", issued: v.begin / 60 * 60, path: "/live/w.m3u8"},
		{name: "alibaba A with a UUID", url: "https://cdn.test/w.m3u8?auth_key=" + b + "-477b3bbc253f467b8def6711128c7bec-0-" + v.md5hex, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "alibaba A, escaped", url: "https://cdn.test/w.m3u8?auth_key=" + b + "%2D0%2D0%2D" + v.md5hex, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "alibaba E", url: "https://cdn.test/w.m3u8?md5hash=" + v.md5hex + "&timestamp=" + b, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "huawei live", url: "https://cdn.test/w.m3u8?hwSecret=" + v.sha256 + "&hwTime=" + hexE, format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "huawei C2", url: "https://cdn.test/w.m3u8?auth_key=" + v.md5hex + "&timestamp=" + hexB, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "huawei C, encrypted", url: "https://cdn.test/w.m3u8?auth_info=" + q(std64(v.sha1)) + "." + v.md5hex, path: "/w.m3u8"},
		{name: "baidu BOS", url: "https://b.test/w.m3u8?authorization=" + q("bce-auth-v1/"+v.md5hex+"/"+at(v.begin).Format("2006-01-02T15:04:05Z")+"/"+life+"/host/"+v.sha256), format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "volcengine and tiktok", url: "https://cdn.test/w.m3u8?x-expires=" + e + "&x-signature=" + q(std64(v.sha1)), format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "bytedance, expire and sign", url: "https://cdn.test/w.m3u8?expire=" + e + "&sign=" + v.md5hex + "&volcSecret=" + v.md5hex + "&volcTime=" + e + "&unique_id=stream-7", format: "expires", ends: v.end, path: "/w.m3u8", query: "unique_id=stream-7"},
		{name: "hash and hexadecimal time, SHA-256", url: "https://cdn.test/dl/" + v.sha256 + "/" + hexB + "/live/w.m3u8", format: "alibaba", issued: v.begin, path: "/dl/live/w.m3u8"},
		{name: "lighttpd, HMAC in base64", url: "https://cdn.test/dl/" + v.md5b64 + v.md5b64[:21] + "/" + hexB + "/live/w.m3u8", format: "alibaba", issued: v.begin, path: "/dl/live/w.m3u8"},
		{name: "nimble, key with words", url: "https://cdn.test/w.m3u8?wmsAuthSign=" + q(std64("server_time="+at(v.end-600).Format("1/2/2006 3:04:05 PM")+"&hash_value="+v.md5b64+"==&validminutes=10&id=viewer-7&checkip=true")), format: "nimble", ends: v.end, issued: v.end - 600, path: "/w.m3u8"},
		{name: "flussonic, sha1 and no salt", url: "https://cdn.test/w.m3u8?token=" + v.sha1 + "--" + e + "-" + b, format: "flussonic", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "azure, user delegation", url: "https://b.test/w.m3u8?sp=r&st=" + q(at(v.begin).Format(time.RFC3339)) + "&se=" + q(at(v.end).Format(time.RFC3339)) + "&skoid=a&sktid=b&skt=" + q(at(v.begin-60).Format(time.RFC3339)) + "&ske=" + q(at(v.end-60).Format(time.RFC3339)) + "&sks=b&skv=2024-08-04&sv=2024-08-04&sr=b&sig=" + q(std64(v.sha1)), format: "azure", ends: v.end, issued: v.begin, path: "/w.m3u8", query: "sp=r&sr=b&sv=2024-08-04"},
		{name: "media cdn, globs and a session", url: "https://cdn.test/w.m3u8?edge-cache-token=PathGlobs=/*,/a/*~SessionID=" + v.md5hex + "~Data=x~Starts=" + b + "~Expires=" + e + "~KeyName=k~Signature=" + v.sha256, format: "google", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "media cdn, HMAC in the path", url: "https://cdn.test/edge-cache-token=PathGlobs=%2F*~Expires=" + e + "~hmac=" + v.sha256 + "/live/w.m3u8", format: "akamai", ends: v.end, path: "/live/w.m3u8"},
		{name: "media cdn, prefix in the query", url: "https://cdn.test/w.m3u8?URLPrefix=" + b64url("https://cdn.test/") + "&Expires=" + e + "&KeyName=k&Signature=" + v.md5b64, format: "google", ends: v.end, path: "/w.m3u8"},
		{name: "s3 v2", url: "https://b.test/w.m3u8?AWSAccessKeyId=AKIA&Expires=" + e + "&Signature=" + q(std64(v.sha1)) + "&x-amz-security-token=" + q(std64(v.sha256)), format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "gcs v4", url: "https://b.test/w.m3u8?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=me%40p.test%2F20300101%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date=" + at(v.begin).Format("20060102T150405Z") + "&X-Goog-Expires=" + life + "&X-Goog-SignedHeaders=host&X-Goog-Signature=" + v.sha256, format: "amz", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "mediatailor's session", url: "https://cdn.test/v1/master/w.m3u8?aws.sessionId=0f8fad5b-d9cb-469f-a165-" + v.md5hex[:12], path: "/v1/master/w.m3u8"},
		{name: "ant media's one-time code", url: "https://cdn.test/w.m3u8?subscriberId=me&subscriberCode=" + e[4:] + "&token=" + jwt(`{"exp":`+e+`}`), format: "jwt", ends: v.end, path: "/w.m3u8", query: "subscriberId=me"},
		{name: "imagekit", url: "https://cdn.test/w.m3u8?ik-t=" + e + "&ik-s=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "facebook", url: "https://cdn.test/w.m3u8?_nc_cat=1&oh=00_" + v.md5b64 + "&oe=" + strings.ToUpper(hexE), format: "expires", ends: v.end, path: "/w.m3u8", query: "_nc_cat=1"},
		{name: "dailymotion, sec", url: "https://cdn.test/w.m3u8?sec=" + v.md5b64 + v.md5b64 + "&dmTs=" + n + "&dmV1st=0f8fad5b-d9cb-469f-a165-" + v.md5hex[:12], path: "/w.m3u8"},
		{name: "dailymotion, sec in the path", url: "https://cdn.test/sec2(" + v.md5b64 + v.md5b64 + ")/video/w.m3u8", path: "/video/w.m3u8"},
		{name: "ok.ru", url: "https://cdn.test/w.m3u8?cmd=live&expires=" + e + "000&srcIp=10.0.0.1&pr=10&sig=" + v.md5b64 + "&urls=10.0.0.2", format: "expires", ends: v.end, path: "/w.m3u8", query: "cmd=live&pr=10&urls=10.0.0.2"},
		{name: "ok.ru, pairs", url: "https://cdn.test/expires/" + e + "000/srcIp/10.0.0.1/pr/96/sig/" + v.md5b64 + "/w.m3u8", format: "expires", ends: v.end, path: "/pr/96/w.m3u8"},
		{name: "kaltura v2", url: "https://cdn.test/p/1/ks/" + b64url("v2|123|"+v.sha1) + "/w.m3u8", path: "/p/1/w.m3u8"},
		{name: "jw player", url: "https://cdn.test/manifests/Ab12Cd34.m3u8?exp=" + e + "&sig=" + v.md5hex, format: "expires", ends: v.end, path: "/manifests/Ab12Cd34.m3u8"},
		{name: "brightcove, URL's base64", url: "https://cdn.test/6384568834112/w.m3u8?fastly_token=" + base64.RawURLEncoding.EncodeToString([]byte(hexE+"_"+v.sha256)), format: "fastly", ends: v.end, path: "/6384568834112/w.m3u8"},
		{name: "mux", url: "https://cdn.test/Ab12.m3u8?token=" + jwt(`{"sub":"Ab12","aud":"v","exp":`+e+`,"kid":"k"}`), format: "jwt", ends: v.end, path: "/Ab12.m3u8"},
		{name: "api.video, private token", url: "https://cdn.test/vod/vi7/token/0f8fad5b-d9cb-469f-a165-" + v.md5hex[:12] + "/hls/w.m3u8", path: "/vod/vi7/hls/w.m3u8"},
		{name: "tvheadend's ticket", url: "https://cdn.test/stream/channel/w.m3u8?ticket=" + v.sha1 + "&profile=pass", path: "/stream/channel/w.m3u8", query: "profile=pass"},
		{name: "bilibili", url: "https://cdn.test/w.m3u8?cdn=c1&expires=" + e + "&len=0&oi=0&pt=web&qn=10000&trid=" + v.md5hex + "&sigparams=cdn,expires,len,oi,pt,qn,trid&sign=" + v.md5hex + "&sk=" + v.md5hex, format: "expires", ends: v.end, path: "/w.m3u8", query: "cdn=c1&len=0&oi=0&pt=web&qn=10000"},
		{name: "bilibili, upsig", url: "https://cdn.test/w.m3u8?e=ig8euxZM2rNcNbdlhoNvNC8BqJIzNbfqXBvEqxTEto8BTrNvN0GvT90W5JZMkX_YN0MvXg8gNEV4NC8xNEV4N03eN0B5tZlqNxTEto8BTrNvNeZVuJ10Kj_g2UB02J0mN0B5tZlqNCNEto8BTrNvNC7MTX502C8f2jmMQJ6mqF2fka1mqx6gqj0eN0B599M=&uipk=5&nbs=1&deadline=" + e + "&gen=playurl&os=cos&oi=1&trid=" + v.md5hex + "&upsig=" + v.md5hex + "&uparams=e,uipk,nbs,deadline,gen,os,oi,trid", format: "expires", ends: v.end, path: "/w.m3u8", query: "e=ig8euxZM2rNcNbdlhoNvNC8BqJIzNbfqXBvEqxTEto8BTrNvN0GvT90W5JZMkX_YN0MvXg8gNEV4NC8xNEV4N03eN0B5tZlqNxTEto8BTrNvNeZVuJ10Kj_g2UB02J0mN0B5tZlqNCNEto8BTrNvNC7MTX502C8f2jmMQJ6mqF2fka1mqx6gqj0eN0B599M=&gen=playurl&nbs=1&oi=1&os=cos&uipk=5&uparams=e,uipk,nbs,deadline,gen,os,oi,trid"},
		{name: "twitch with its counters", url: "https://u.test/api/channel/hls/a.m3u8?allow_source=true&p=" + n + "77&play_session_id=" + v.md5hex + "&sig=" + v.sha1 + "&token=" + q(`{"channel":"a","expires":`+e+`,"private":{"allowed_to_view":true}}`), format: "json", ends: v.end, path: "/api/channel/hls/a.m3u8", query: "allow_source=true"},
		{name: "googlevideo, the pairs of an edge", url: "https://m.test/api/manifest/hls_playlist/expire/" + e + "/ei/x" + n + "/ip/10.0.0." + n[:1] + "/id/abc.1/itag/96/source/yt_live_broadcast/requiressl/yes/ratebypass/yes/live/1/cps/" + n + "/sgoap/gir%3Dyes/hls_chunk_host/rr" + n + "---sn.test/spc/" + v.md5b64 + "/mt/" + b + "/mh/x" + n[:1] + "/fvip/" + n[:1] + "/n/" + v.md5b64[:14] + "/sparams/expire,ei,ip,id/sig/" + v.sha1 + "/lsparams/mh,mt/lsig/" + v.sha1 + "/playlist/index.m3u8", format: "googlevideo", ends: v.end, path: "/api/manifest/hls_playlist/id/abc.1/itag/96/source/yt_live_broadcast/requiressl/yes/ratebypass/yes/live/1/sgoap/gir%3Dyes/playlist/index.m3u8"},
		{name: "token as a name before the time", url: "https://cdn.test/w.m3u8?tok=" + v.md5hex + "&tokenexpires=" + e, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "validto and validfrom", url: "https://cdn.test/w.m3u8?validfrom=" + b + "&validto=" + e + "&rate=500&hash=" + q(std64(v.sha1)), format: "expires", ends: v.end, path: "/w.m3u8", query: "rate=500"},
		{name: "g2o, e and t", url: "https://cdn.test/w.m3u8?e=" + e + "&t=" + v.md5b64, format: "secure_link", ends: v.end, path: "/w.m3u8"},
		{name: "version.time.hash", url: "https://cdn.test/w.m3u8?token=v1." + e + "." + v.sha1, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "viewer-time-hash", url: "https://cdn.test/w.m3u8?token=user7-" + e + "-" + v.sha1, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "start-end-hash", url: "https://cdn.test/w.m3u8?token=" + b + "-" + e + "-" + v.sha1, format: "fastly", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "hash-start-end", url: "https://cdn.test/w.m3u8?token=" + v.sha256 + "-" + b + "-" + e, format: "fastly", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "time|path|hash in base64", url: "https://cdn.test/w.m3u8?token=" + b64url(e+"|/live|"+v.sha1), format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "time:address:hash in base64", url: "https://cdn.test/w.m3u8?token=" + q(std64(e+":10.0.0.1:"+v.sha1)), format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "names with colons in base64", url: "https://cdn.test/w.m3u8?token=" + b64url("exp:"+e+";path:/live;sig:"+v.sha1), format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "Bearer and a web token", url: "https://cdn.test/w.m3u8?token=Bearer%20" + jwt(`{"exp":`+e+`}`), format: "jwt", ends: v.end, path: "/w.m3u8"},
		{name: "hash,time under a short name", url: "https://cdn.test/w.m3u8?h=" + v.md5b64 + "," + e, format: "mediavault", ends: v.end, path: "/w.m3u8"},
		{name: "time_hash without a name", url: "https://cdn.test/w.m3u8?" + e + "_" + v.sha1, format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "hash,time without a name", url: "https://cdn.test/w.m3u8?" + v.md5hex + "," + e + "&ch=3", format: "secure_link", ends: v.end, path: "/w.m3u8", query: "ch=3"},
		{name: "parameters behind semicolons", url: "https://cdn.test/w.m3u8?exp=" + e + ";sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "parameters behind an escaped sign", url: "https://cdn.test/w.m3u8?exp=" + e + "%26sig=" + v.sha1, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "a list in brackets", url: "https://cdn.test/(exp=" + e + ",sig=" + v.sha1 + ")/w.m3u8", format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "expires_ts", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&expires_ts=" + e, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "expireTimestamp", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&expireTimestamp=" + e + "000", format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "created and ttl", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&created=" + b + "&ttl=" + life, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "signed_at and max-age", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&signed_at=" + b + "&max-age=" + life, format: "life", ends: v.end, issued: v.begin, path: "/w.m3u8"},
		{name: "0x", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&expires=0x" + hexE, format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "a blank between date and time", url: "https://cdn.test/w.m3u8?hash=" + v.md5hex + "&expires=" + at(v.end).Format("2006-01-02+15:04:05"), format: "expires", ends: v.end, path: "/w.m3u8"},
		{name: "wangsu, k and t", url: "https://cdn.test/w.m3u8?k=" + v.md5hex + "&t=" + hexB, format: "stamp", issued: v.begin, path: "/w.m3u8"},
		{name: "ws_secret, ws_time", url: "https://cdn.test/w.m3u8?ws_secret=" + v.md5hex + "&ws_time=" + hexE, format: "tencent", ends: v.end, path: "/w.m3u8"},
		{name: "hash|time", url: "https://cdn.test/w.m3u8?token=" + q(v.md5hex+"|"+e), format: "fastly", ends: v.end, path: "/w.m3u8"},
		{name: "hash~time", url: "https://cdn.test/w.m3u8?token=" + v.md5hex + "~" + e, format: "fastly", ends: v.end, path: "/w.m3u8"},
	}
}

// Ids of accounts, programmes and events in places where other vendors write a time.
func TestNumbersThatNameAFeedAreNotExpiries(t *testing.T) {
	for _, u := range []string{
		"https://cdn.test/" + md5hex + "/6415533679001/playlist.m3u8",
		"https://cdn.test/live/6415533679001/" + md5hex + "/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/1752604059001/playlist.m3u8",
		"https://cdn.test/1799261978001/live/" + md5hex + "/playlist.m3u8",
		"https://cdn.test/1784384568112/live/" + md5hex + "/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/3812345678/playlist.m3u8",
		"https://cdn.test/3812345678/live/" + md5hex + "/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/2026/11/26/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/deadbeef/playlist.m3u8",
		"https://cdn.test/00c0ffee/" + md5hex + "/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/20261126/playlist.m3u8",
		"https://cdn.test/" + md5hex + "/5000000/1920x1080/playlist.m3u8",
		"https://cdn.test/live/a.m3u8?starttime=1780000000&endtime=1780007200",
		"https://cdn.test/live/a.m3u8?start=1780000000&end_at=1780007200&token=" + md5hex,
		"https://cdn.test/live/a.m3u8?endtime=1780007200",
		"https://cdn.test/live/a.m3u8?oe=utf-8&token=" + md5hex,
		"https://cdn.test/live/a.m3u8?program=1780000000&token=" + md5hex,
		"https://cdn.test/live/a.m3u8?valid=1780000000",
		"https://cdn.test/live/a.m3u8?token=race-1780000000-northmoor-session-of-the-day",
		"https://cdn.test/live/a.m3u8?until=1780000000",
		"https://cdn.test/live/a.m3u8?expired=1&expirience=7",
		"https://cdn.test/live/a.m3u8?created=1780000000&ttl=60",
		"https://cdn.test/live/seg_1780000000.ts?token=" + md5hex,
	} {
		got, ok := URL(u)
		assert.False(t, ok, "%s was read as %+v", u, got)
		parsed, err := url.Parse(u)
		require.NoError(t, err)
		_, path, _, _ := Identity(u)
		assert.Equal(t, parsed.Path, path)
	}
	one, _, _, _ := Identity("https://a.test/")
	_, pathA, queryA, _ := Identity("https://a.test/w.m3u8?start=1780000000&end_at=1780007200&sec=30&us=1&ticket=7&t=5")
	assert.Equal(t, "a.test/w.m3u8?end_at=1780007200&sec=30&start=1780000000&t=5&ticket=7&us=1", one+pathA+"?"+queryA)
}
