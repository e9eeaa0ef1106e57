// Package token separates the token in a stream's URL from the stream's identity: when the token expires (or when it was
// issued), which query parameters and path elements belong to it, the URL without them (Identity), and the part of the URL
// that may be shown (Redact). All three use one grammar: the names in names.go, the times in times.go, the path in path.go.
//
// What lives here: parsing every token format whose times are plain or base64 text in a URL or a cookie. What does not:
// learning the lifetime of tokens that hide it (backend/refresh), requesting new tokens, finding URLs in a text
// (backend/stream), and anything that touches a network. Tokens are signed, so nothing here can create or repair one.
// A time that looks like an expiry may be something else; the caller judges whether it lies in the past.
//
// The formats, by the name in Life.Format:
//
//	akamai        hdnts=, hdntl=, hdnea= st=…~exp=…~acl=…~hmac=… in query, cookie or path
//	cloudfront    Expires= beside Key-Pair-Id=, or the cookie CloudFront-Expires
//	policy        Policy= or CloudFront-Policy: base64 of JSON, DateLessThan
//	google        Expires= beside KeyName=, edge-cache-token= in the path, Edge-Cache-Cookie
//	expires       expires=, expire=, exp= and similar: nginx secure_link, Bunny, KeyCDN, Gcore and many others
//	              the time as seconds, milli-, micro- or nanoseconds, in .NET's ticks, in hexadecimal, as ISO 8601 or YYYYMMDDHHMMSS (Level3, Lumen);
//	              as parameter, matrix parameter (;exp=…;hash=…) or pair of path elements (/expires/<unix>/sig/<x>/)
//	secure_link   <hash>,<unix> as value or path element; <unix>/<md5> and <md5>/<unix> in the path; st=&e=;
//	              a hash and a time in separate elements of the path
//	life          a time of issue and a number of seconds, beside a hash: s=&e=, st=&ttl=, iat and ttl; Baidu's bce-auth-v1/…
//	nimble        wmsAuthSign=: base64 of server_time=…&hash_value=…&validminutes=…
//	kaltura       ks=: base64 of <sha1>|<partner>;<partner>;<unix>;… (version 1)
//	mediavault    e= beside h=
//	fastly        token=<time>_<hmac>, the time decimal or hexadecimal, plain or in base64 (fastly_token, Akamai's __gda__);
//	              tokens of more parts: <version>.<time>.<hash>, <start>-<end>-<hash>; /<time>-0x<hash>/ (Vimeo)
//	flussonic     token=<hash>-<salt>-<end>-<start>
//	wowza         <prefix>endtime=
//	tencent       txTime=<hex>; wsTime=, wsABSTime=, hwTime= (Huawei, Wangsu), volcTime= and any <vendor>Time= beside <vendor>Secret= in either; t= beside exper= (VOD); q-sign-time=<start>;<end> (COS)
//	googlevideo   expire= beside sparams= or sig=, /expire/<unix>/
//	json          a JSON object with an expiry at its top level, under any name of the table, plain or in base64 (Twitch)
//	jwt           the exp claim (RFC 7519 section 4.1.4)
//	amz           X-Amz-Date= and X-Amz-Expires=, likewise X-Goog-… and x-oss-…
//	azure         se= beside sig=
//	stamp         verify=, auth_key=, sign= <unix>-…: the time of issue only (Cloudflare, Alibaba A, Tencent A)
//	alibaba       /YYYYMMDDHHMM/md5/ (UTC+8), /md5/<hex>/, time=<hex> beside a hash: the time of issue only
package token
