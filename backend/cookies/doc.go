// Package cookies stores the cookies of sites and CDNs, byte for byte and within bounds, and reads cookies.txt.
//
//   - jar.go, setcookie.go: the jar, and Set-Cookie headers (RFC 6265).
//   - cookiestxt.go, filejar.go: cookies.txt, and a jar that follows it.
package cookies
