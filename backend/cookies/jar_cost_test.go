package cookies

import (
	"fmt"
	"net/url"
	"testing"
)

// A source's cookies file may be a browser's whole store: adding a cookie must not scan all others of its site.
func TestAJarOfManyCookiesOfOneSiteIsFilledQuickly(t *testing.T) {
	j := New()
	const n = 100_000 // five thousand million comparisons, one by one
	for range 2 {
		for i := range n {
			j.Add(Cookie{Name: fmt.Sprint("n", i), Value: "v", Domain: "site.test"})
		}
	}
	u := &url.URL{Scheme: "https", Host: "site.test", Path: "/"}
	if got := len(j.matching(u)); got != n {
		t.Fatalf("%d cookies", got)
	}
	j.Set(u, []string{"n7=w; Path=/", "n8=; Path=/; Max-Age=0"})
	j.Set(&url.URL{Scheme: "https", Host: "site.test", Path: "/"}, []string{"n9=; Domain=site.test; Path=/; Max-Age=0"})
	j.Add(Cookie{Name: "n9", Value: "again", Domain: "site.test"})
	if got := len(j.matching(u)); got != n+1 { // n7 of the host alone
		t.Fatalf("%d cookies after some were set and deleted", got)
	}
	if len(j.same) != n+1 {
		t.Errorf("%d cookies are known", len(j.same))
	}
}
