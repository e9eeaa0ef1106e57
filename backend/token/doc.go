// Package token separates the permission in a stream's URL from its identity: when the permission ends (or when it was
// issued), which query parameters and path elements belong to it, what is left of the URL without them (Identity), and
// what of it may be shown (Redact). All three read by one grammar: the names of names.go, the times of times.go, the
// path of path.go.
//
// What lives here: the reading of every token format whose times stand in clear, or in base64, in a URL or a
// cookie. What does not: learning the life of tokens that hide it (backend/refresh), asking for new tokens, finding URLs in
// a text (backend/stream), and anything that touches a network. Tokens are signed, so nothing here can make or fix one.
// A time that has the form of an expiry may be none; whether it lies in the past is for its reader to judge.
//
// The formats, by the name that Life.Format gives them:
//
//	akamai        hdnts=, hdntl=, hdnea= st=…~exp=…~acl=…~hmac=… in query, cookie or path
//	cloudfront    Expires= beside Key-Pair-Id=, or the cookie CloudFront-Expires
//	policy        Policy= or CloudFront-Policy: base64 of JSON, DateLessThan
//	google        Expires= beside KeyName=, edge-cache-token= in the path, Edge-Cache-Cookie
//	expires       expires=, expire=, exp= and their like: nginx secure_link, Bunny, KeyCDN, Gcore and many others
//	              the time as seconds, milli-, micro- or nanoseconds, in .NET's ticks, in hexadecimal, as ISO 8601 or YYYYMMDDHHMMSS (Level3, Lumen);
//	              as parameter, matrix parameter (;exp=…;hash=…) or pair of path elements (/expires/<unix>/sig/<x>/)
//	secure_link   <hash>,<unix> as value or path element; <unix>/<md5> and <md5>/<unix> in the path; st=&e=;
//	              a hash and a time that stand apart in the path
//	life          a time of issue and a number of seconds, beside a hash: s=&e=, st=&ttl=, iat and ttl; Baidu's bce-auth-v1/…
//	nimble        wmsAuthSign=: base64 of server_time=…&hash_value=…&validminutes=…
//	kaltura       ks=: base64 of <sha1>|<partner>;<partner>;<unix>;… (version 1)
//	mediavault    e= beside h=
//	fastly        token=<time>_<hmac>, the time decimal or hexadecimal, in clear or in base64 (fastly_token, Akamai's __gda__);
//	              tokens of more parts: <version>.<time>.<hash>, <start>-<end>-<hash>; /<time>-0x<hash>/ (Vimeo)
//	flussonic     token=<hash>-<salt>-<end>-<start>
//	wowza         <prefix>endtime=
//	tencent       txTime=<hex>; wsTime=, wsABSTime=, hwTime= (Huawei, Wangsu), volcTime= and any <vendor>Time= beside <vendor>Secret= in either; t= beside exper= (VOD); q-sign-time=<start>;<end> (COS)
//	googlevideo   expire= beside sparams= or sig=, /expire/<unix>/
//	json          a JSON object with an expiry at its top, under any name of the table, in clear or in base64 (Twitch)
//	jwt           the exp claim (RFC 7519 section 4.1.4)
//	amz           X-Amz-Date= and X-Amz-Expires=, X-Goog-… and x-oss-… likewise
//	azure         se= beside sig=
//	stamp         verify=, auth_key=, sign= <unix>-…: the time of issue only (Cloudflare, Alibaba A, Tencent A)
//	alibaba       /YYYYMMDDHHMM/md5/ (UTC+8), /md5/<hex>/, time=<hex> beside a hash: the time of issue only
package token
