// Package token tells the permission in a stream's URL from its identity: when the permission ends (or when it was
// issued), which query parameters and path elements belong to it, and what is left of the URL without them.
//
// What lives here: the reading of every token format whose times stand in clear, or in base64, in a URL or a
// cookie. What does not: learning the life of tokens that hide it (backend/refresh), asking for new tokens, and
// anything that touches a network. Tokens are signed, so nothing here can make or mend one.
//
// The formats, by the name that Life.Format gives them:
//
//	akamai        hdnts=, hdntl=, hdnea= st=…~exp=…~acl=…~hmac=… in query, cookie or path
//	cloudfront    Expires= beside Key-Pair-Id=, or the cookie CloudFront-Expires
//	policy        Policy= or CloudFront-Policy: base64 of JSON, DateLessThan
//	google        Expires= beside KeyName=, edge-cache-token= in the path, Edge-Cache-Cookie
//	expires       expires=, expire=, exp= and their like: nginx secure_link, Bunny, KeyCDN, Gcore and many others
//	secure_link   <hash>,<unix> as value or path element; <unix>/<md5> and <md5>/<unix> in the path; st=&e=
//	mediavault    e= beside h=
//	fastly        token=<unix>_<hmac>
//	flussonic     token=<hash>-<salt>-<end>-<start>
//	wowza         <prefix>endtime=
//	tencent       txTime=<hex>
//	googlevideo   expire= beside sparams= or sig=, /expire/<unix>/
//	json          a JSON object with "expires" (Twitch)
//	jwt           the exp claim (RFC 7519 section 4.1.4)
//	amz           X-Amz-Date= and X-Amz-Expires=, X-Goog-… likewise
//	azure         se= beside sig=
//	stamp         verify=, auth_key=, sign= <unix>-…: the time of issue only (Cloudflare, Alibaba A, Tencent A)
//	alibaba       /YYYYMMDDHHMM/md5/ (UTC+8), /md5/<hex>/, time=<hex> beside a hash: the time of issue only
package token
