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

// A persistent fault of a server that worked before may be caused by an expired token, so the token is renewed once.
func TestAPersistentServerErrorRenewsTheTokenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &Fetcher{ID: "feed", works: 3}
		up := stream.Upstream{Generation: 3}
		broken := &response.StatusError{URL: (&url.URL{Scheme: "http", Host: "127.0.0.1"}).String(), Status: 503}
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, broken, up))
		time.Sleep(faultPersists - time.Second)
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, broken, up))
		require.Nil(t, f.persistentFault(Subject{Name: "main/media"}, broken, up), "each subject counts separately")
		time.Sleep(2 * time.Second)
		r := f.persistentFault(Subject{Name: "main"}, broken, up)
		require.NotNil(t, r)
		assert.Equal(t, 503, r.Status)
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, broken, up), "once")
		time.Sleep(faultPersists * 2)
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, broken, stream.Upstream{Generation: 4}), "a token that never worked")
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, nil, up), "after a success, counting starts again")
		require.Nil(t, f.persistentFault(Subject{Name: "main"}, broken, up))
	})
}

func TestASlowOrBrokenAdvertisementServerDoesNotRunTheStreamsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &Fetcher{ID: "feed", works: 3}
		up := stream.Upstream{Generation: 3}
		for _, err := range []error{ErrSlow, &response.StatusError{Status: 503}, &response.StatusError{Status: 504}} {
			for _, subject := range []Subject{{Name: "data-ad", Asset: true}, {Name: "data-ad/media", Asset: true}} {
				require.Nil(t, f.persistentFault(subject, err, up))
				time.Sleep(2 * faultPersists)
				assert.Nil(t, f.persistentFault(subject, err, up), subject)
			}
		}
		assert.Empty(t, f.failing, "assets do not evict the state of the stream")
	})
}

func TestOnlyTransientStatusesAreRetried(t *testing.T) {
	for _, code := range []int{304, 408, 425, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 525, 526, 527, 530, 540, 598, 599} {
		_, retried := transient(&response.StatusError{Status: code})
		assert.True(t, retried, code)
	}
	for _, code := range []int{300, 302, 400, 402, 405, 415, 451, 458, 501, 505, 999} {
		_, retried := transient(&response.StatusError{Status: code})
		assert.Equal(t, code == 999, retried, code)
	}
}
