package token

import (
	"encoding/hex"
	"fmt"
	"net/url"
)

// unitVectors returns formats with times in other units or under other names, and tokens within tokens.
func unitVectors(v values) []vector {
	e, b := fmt.Sprint(v.end), fmt.Sprint(v.begin)
	hexE := fmt.Sprintf("%x", v.end)
	life := v.end - v.begin
	q := url.QueryEscape
	of := func(name, query string) vector {
		return vector{name: name, url: "https://cdn.test/w.m3u8?" + query, format: "expires", ends: v.end, path: "/w.m3u8"}
	}
	as := func(w vector, format string) vector {
		w.format = format
		return w
	}
	lasting := func(name, query string) vector {
		w := as(of(name, query), "life")
		w.issued = v.begin
		return w
	}
	return []vector{
		as(of("wsTime, 0x", "wsSecret="+v.md5hex+"&wsTime=0x"+hexE), "tencent"),
		as(of("txTime, 0X", "txSecret="+v.md5hex+"&txTime=0X"+hexE), "tencent"),
		as(of("ksTime", "ksSecret="+v.md5hex+"&ksTime="+hexE), "tencent"),
		as(of("another vendor's, decimal", "bdSecret="+v.sha1+"&bdtime="+e), "tencent"),
		of("nanoseconds", "sig="+v.sha1+"&expires="+e+"123456789"),
		of("ticks", "sig="+v.sha1+"&expires="+fmt.Sprint((v.end+62135596800)*1e7)),
		of("a blank behind", "md5="+v.md5hex+"&expires="+e+"%20"),
		of("quotes around", "md5="+v.md5hex+"&expires=%22"+e+"%22"),
		of("tokenExp", "sig="+v.sha1+"&tokenExp="+e),
		of("token_exp", "sig="+v.sha1+"&token_exp="+e+"000"),
		of("sec_exp", "sec_hash="+v.md5hex+"&sec_exp="+e),
		of("exp_date", "sig="+v.sha1+"&exp_date="+e),
		of("token_end", "sig="+v.sha1+"&token_end="+e),
		of("goodUntil", "sig="+v.sha1+"&goodUntil="+e),
		of("cdnkey and deadline", "cdnkey="+v.md5hex+"&deadline="+hexE),
		lasting("ts and e", fmt.Sprintf("t=%s&ts=%s000&e=%d", v.md5hex, b, life)),
		lasting("start and ttl", fmt.Sprintf("token=%s&start=%s&ttl=%d", v.sha256, b, life)),
		lasting("start and expires", fmt.Sprintf("token=%s&start=%s&expires=%d", v.sha256, b, life)),
		lasting("time and valid", fmt.Sprintf("hash=%s&time=%s&valid=%d", v.sha256, b, life)),
		lasting("a life in seconds", fmt.Sprintf("sig=%s&iat=%s&ttl=%ds", v.sha256, b, life)),
		as(of("tk", "tk="+hexE+"_"+v.sha256), "fastly"),
		as(of("json in base64, twice", "token="+q(std64(std64(`{"exp":`+e+`}`)))), "json"),
		as(of("json in hexadecimal", "token="+hex.EncodeToString([]byte(`{"exp":`+e+`}`))), "json"),
		as(of("a list of json", "token="+q(std64(`[{"expires":`+e+`}]`))), "json"),
		as(of("a web token in base64", "token="+q(std64(jwt(`{"exp":`+e+`}`)))), "jwt"),
		as(of("parameters in base64, twice", "token="+q(std64(std64("expires="+e+"&sig="+v.sha1)))), "expires"),
		as(of("an exponent", "auth="+jwt(fmt.Sprintf(`{"exp":%de-3}`, v.end*1000))), "jwt"),
		{name: "a list in the path, with commas", url: "https://cdn.test/live/st=" + v.md5hex + ",e=" + e + "/w.m3u8", format: "secure_link", ends: v.end, path: "/live/w.m3u8"},
		{name: "a list in the path, with signs", url: "https://cdn.test/live/e=" + e + "&st=" + v.md5b64 + "/w.m3u8", format: "secure_link", ends: v.end, path: "/live/w.m3u8"},
	}
}
