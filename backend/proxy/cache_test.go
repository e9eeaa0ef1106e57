package proxy

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In the window, playback is served until after the proxy has closed; what began then would be in nobody's count.
func TestNoDownloadBeginsOnceTheProxyCloses(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	c := newCache(ctx, &wg, 1<<20)
	cancel()
	c.close()
	for range 2 {
		asked := make(chan struct{}, 1)
		r := c.join("key", func(context.Context, int64) (*opened, error) {
			asked <- struct{}{}
			return nil, context.Canceled
		})
		_, _, _, err := r.start(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, asked)
		r.close()
	}
}
