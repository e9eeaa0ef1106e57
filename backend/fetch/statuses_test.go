package fetch

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// A server that fails without end after it worked may hide a dead token: it costs one renewal.
func TestAPersistentServerErrorRenewsTheTokenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &Fetcher{ID: "feed", works: 3}
		up := stream.Upstream{Generation: 3}
		broken := &response.StatusError{URL: (&url.URL{Scheme: "http", Host: "127.0.0.1"}).String(), Status: 503}
		require.Nil(t, f.lasting(Subject{Name: "main"}, broken, up))
		time.Sleep(lastingFault - time.Second)
		require.Nil(t, f.lasting(Subject{Name: "main"}, broken, up))
		require.Nil(t, f.lasting(Subject{Name: "main/media"}, broken, up), "another thing counts for itself")
		time.Sleep(2 * time.Second)
		r := f.lasting(Subject{Name: "main"}, broken, up)
		require.NotNil(t, r)
		assert.Equal(t, 503, r.Status)
		require.Nil(t, f.lasting(Subject{Name: "main"}, broken, up), "once")
		time.Sleep(lastingFault * 2)
		require.Nil(t, f.lasting(Subject{Name: "main"}, broken, stream.Upstream{Generation: 4}), "a token under which nothing was had")
		require.Nil(t, f.lasting(Subject{Name: "main"}, nil, up), "what is well again counts from the beginning")
		require.Nil(t, f.lasting(Subject{Name: "main"}, broken, up))
	})
}

func TestASlowOrBrokenAdvertisementServerDoesNotRunTheStreamsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &Fetcher{ID: "feed", works: 3}
		up := stream.Upstream{Generation: 3}
		for _, err := range []error{ErrSlow, &response.StatusError{Status: 503}, &response.StatusError{Status: 504}} {
			for _, what := range []Subject{{Name: "data-ad", Asset: true}, {Name: "data-ad/media", Asset: true}} {
				require.Nil(t, f.lasting(what, err, up))
				time.Sleep(2 * lastingFault)
				assert.Nil(t, f.lasting(what, err, up), what)
			}
		}
		assert.Empty(t, f.ailing, "the known state of the stream keeps its places")
	})
}

func TestOnlyAStatusThatMayPassIsTriedAgain(t *testing.T) {
	for _, code := range []int{304, 408, 425, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 525, 526, 527, 530, 540, 598, 599} {
		_, again := passing(&response.StatusError{Status: code})
		assert.True(t, again, code)
	}
	for _, code := range []int{300, 302, 400, 402, 405, 415, 451, 458, 501, 505, 999} {
		_, again := passing(&response.StatusError{Status: code})
		assert.Equal(t, code == 999, again, code)
	}
}
