package assets

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func newTable() *Table {
	return New(func(base *url.URL, ref string) (*url.URL, error) { return base.Parse(ref) })
}

func TestAddressesThatNoPlaylistNamesAreForgotten(t *testing.T) {
	d, start := newTable(), time.Now()
	for i := range 3 {
		d.put(fmt.Sprint(i), Asset{URI: "x"}, start.Add(time.Duration(i)*30*time.Second))
	}
	d.put("0", Asset{URI: "y"}, start.Add(time.Minute)) // still named
	d.Sweep(start.Add(95 * time.Second))
	assert.NotNil(t, d.get("0"))
	assert.Nil(t, d.get("1"))
	assert.NotNil(t, d.get("2"))
	for i := range 100_000 {
		d.put(fmt.Sprint("many", i), Asset{URI: strings.Repeat("z", 1000)}, start)
	}
	assert.LessOrEqual(t, d.bytes, maxBytes)
	assert.Greater(t, d.Len(), 4096)
	d.Sweep(start.Add(time.Hour + Idle))
	assert.Zero(t, d.bytes)
	assert.Empty(t, d.index)
}

// An asset in use can name new addresses again and again. They are not all kept for as long as it is in use.
func TestOldAddressesOfAnAssetInUseAreForgotten(t *testing.T) {
	d, start := newTable(), time.Now()
	d.put("parent", Asset{URI: "x"}, start)
	for i := range 10_000 { // one a second, nearly three hours
		now := start.Add(time.Duration(i) * time.Second)
		d.Use("parent", now)
		d.put(fmt.Sprintf("%d-parent", i), Asset{URI: "y"}, now)
		d.Sweep(now)
		if now.Sub(start) > maxKept+2*Idle {
			assert.LessOrEqual(t, len(d.index), int((maxKept+2*Idle)/time.Second))
			if t.Failed() {
				return
			}
		}
	}
}
