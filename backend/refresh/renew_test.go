package refresh

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

func TestOneRunRecoversEveryRefusedPlayer(t *testing.T) {
	bubble(t, func(r *rig) { r.takes = 300 * time.Millisecond }, func(r *rig) {
		r.activate("a", "tile")
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				id := []string{"a", "b"}[i%2]
				up, err := r.m.Renew(context.Background(), id, stream.Refusal{Generation: 1, Status: 403})
				assert.NoError(r.t, err)
				assert.Equal(r.t, uint64(2), up.Generation)
				assert.Contains(r.t, up.URL, "/"+id+".m3u8?n=1&")
			})
		}
		all.Wait()
		assert.Equal(r.t, 1, r.count())
		a := r.get("a")
		assert.Equal(r.t, 1, a.RefreshCount)
		assert.Equal(r.t, r.current("a").URL, a.CurrentURL)
		assert.Contains(r.t, a.OriginalURL, "n=0")
		require.NotNil(r.t, a.LastRefreshed)
		require.NotNil(r.t, a.ExpiresAt)
		assert.Equal(r.t, a.LastRefreshed.Add(5*time.Minute).Unix(), a.ExpiresAt.Unix())
		assert.Equal(r.t, a.LastRefreshed, a.TokenArrivedAt)
	})
}

func TestAnUpstreamHasTheSettingsOfItsSource(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		up := r.current("a")
		assert.Equal(r.t, stream.Upstream{ID: "a", URL: up.URL, Headers: map[string]string{"Referer": "https://site.test/"},
			AllowPrivate: true, Proxy: "http://proxy.test", Cookies: "c.txt", Generation: 1}, up)
		_, err := r.m.Current("nobody")
		assert.ErrorIs(r.t, err, stream.ErrUnknownStream)
		_, err = r.m.Renew(context.Background(), "nobody", stream.Refusal{})
		assert.ErrorIs(r.t, err, stream.ErrUnknownStream)
	})
}

func TestARefusalOfAnOldTokenCausesNoRun(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		start := time.Now()
		up, err := r.m.Renew(context.Background(), "a", stream.Refusal{Generation: 1, Status: 403})
		require.NoError(r.t, err)
		assert.Equal(r.t, uint64(2), up.Generation)
		assert.Equal(r.t, 1, r.count())
		assert.Zero(r.t, time.Since(start))

		r.fail(errors.New("down"))
		for range 3 {
			_, err = r.refuse("a", 403)
			require.Error(r.t, err)
		}
		_, err = r.m.Renew(context.Background(), "a", stream.Refusal{Generation: 1, Status: 403})
		assert.NoError(r.t, err, "a site that is down does not matter to it")
	})
}

func TestRenewalsRunASourceAtMostEveryTwoSeconds(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		start := time.Now()
		for range 3 {
			_, err := r.refuse("a", 403)
			require.NoError(r.t, err)
		}
		assert.Equal(r.t, []int{0, 2, 4}, r.runsAt(start))
	})
}

func TestAWaitingRefusalIsSatisfiedByAnotherExtraction(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		start := time.Now()
		go func() {
			time.Sleep(time.Second)
			r.plain(7)
		}()
		up, err := r.refuse("a", 403) // waits for the end of the two seconds
		require.NoError(r.t, err)
		assert.Contains(r.t, up.URL, "n=7&")
		assert.Equal(r.t, time.Second, time.Since(start))
		time.Sleep(10 * time.Second)
		assert.Equal(r.t, 1, r.count(), "the token is renewed, so the requested run is dropped")
	})
}

func TestARenewalContinuesAfterThePlayerLeaves(t *testing.T) {
	bubble(t, func(r *rig) { r.takes = 10 * time.Second }, func(r *rig) {
		r.activate("a", "")
		ctx, cancel := context.WithTimeout(context.Background(), 7*time.Second)
		defer cancel()
		up, err := r.m.Renew(ctx, "a", stream.Refusal{Generation: 1, Status: 403})
		assert.ErrorIs(r.t, err, context.DeadlineExceeded)
		assert.Equal(r.t, uint64(1), up.Generation)
		assert.Contains(r.t, up.URL, "n=0")
		time.Sleep(4 * time.Second)
		assert.Equal(r.t, uint64(2), r.current("a").Generation)
		assert.Equal(r.t, 1, r.count())
	})
}

func TestTheSameURLAfterARenewalIsStillANewGeneration(t *testing.T) {
	bubble(t, func(r *rig) { r.url = fixed }, func(r *rig) {
		r.activate("a", "")
		up, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, uint64(2), up.Generation)
		assert.Equal(r.t, 1, r.get("a").RefreshCount)
	})
}

func TestAFailureShowsTheContractsTextAndKeepsTheURL(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		text string
		is   error
	}{
		"failed":         {errors.New("Get \"https://site.test/list?token=s3cr3t\":\n 500"), "Extraction failed: Get \"https://site.test/list?…\": 500", nil},
		"empty":          {fmt.Errorf("site: %w", stream.ErrNoStreams), "Extractor returned no streams", stream.ErrNoStreams},
		"no extractor":   {fmt.Errorf("kind x: %w", stream.ErrNoExtractor), "Extractor 'site' not found", stream.ErrNoExtractor},
		"unknown source": {fmt.Errorf("site: %w", stream.ErrUnknownSource), "Extractor 'site' not found", stream.ErrNoExtractor},
		"long":           {errors.New(strings.Repeat("ä", 1000)), "Extraction failed: " + strings.Repeat("ä", maxErrorText-1) + "…", nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(r *rig) {
				r.activate("a", "")
				before := r.current("a")
				r.fail(tc.err)
				up, err := r.refuse("a", 403)
				var re *RenewError
				require.ErrorAs(r.t, err, &re)
				assert.Equal(r.t, tc.text, re.Error())
				if tc.is != nil {
					assert.ErrorIs(r.t, err, tc.is)
				}
				assert.Equal(r.t, before, up)
				assert.Equal(r.t, tc.text, r.get("a").LastError)
				assert.Zero(r.t, r.get("a").RefreshCount)

				r.fail(nil)
				up, err = r.refuse("a", 403)
				require.NoError(r.t, err)
				assert.NotEqual(r.t, before.URL, up.URL)
				assert.Empty(r.t, r.get("a").LastError)
			})
		})
	}
}

func TestAStreamThatLeftTheListingKeepsItsURLAndReportsAnError(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.activate("b", "")
		before := r.current("a")
		r.lock(func() { r.drop["a"] = true })
		up, err := r.refuse("a", 403)
		assert.ErrorIs(r.t, err, stream.ErrNoMatch)
		assert.Equal(r.t, "No matching stream in fresh results", err.Error())
		assert.Equal(r.t, before, up)
		assert.Equal(r.t, "No matching stream in fresh results", r.get("a").LastError)
		assert.Equal(r.t, 1, r.get("b").RefreshCount)

		for range 200 { // a player that makes two requests a second
			time.Sleep(500 * time.Millisecond)
			_, err = r.refuse("a", 403)
			assert.ErrorIs(r.t, err, stream.ErrNoMatch)
		}
		assert.Less(r.t, r.count(), 12, "runs of a site that no longer lists the stream")
		r.lock(func() { r.drop["a"] = false })
		r.plain(50)
		assert.Empty(r.t, r.get("a").LastError)
	})
}

func TestAnEmptyResultIsAFailure(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.result("site", time.Now(), stream.ErrNoStreams)
		assert.Equal(r.t, "Extractor returned no streams", r.get("a").LastError)
		assert.Contains(r.t, r.get("a").CurrentURL, "n=0")
	})
}

func TestRenewAllIgnoresTheBackOffOfAFailingSite(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.fail(errors.New("down"))
		for range 600 {
			_, err := r.refuse("a", 403)
			assert.EqualError(r.t, err, "Extraction failed: down")
			time.Sleep(500 * time.Millisecond)
		}
		n := r.count()
		runs := r.runsAt(time.Unix(epoch, 0))
		for i, at := range runs[1:] {
			assert.GreaterOrEqual(r.t, at-runs[i], 2, "the stream is watched, so each refusal may run the source, but not more often than this")
		}
		got := r.m.RenewAll(context.Background())
		assert.Equal(r.t, n+1, r.count(), "a manual renewal ignores the back-off")
		assert.Equal(r.t, "Extraction failed: down", got[0].LastError)
		r.fail(nil)
		got = r.m.RenewAll(context.Background())
		assert.Empty(r.t, got[0].LastError)
		assert.Equal(r.t, 1, got[0].RefreshCount)
		_, err := r.refuse("a", 403)
		assert.NoError(r.t, err, "back-off ends with the failure")
	})
}

func TestAStreamRefusedWithFreshTokensDoesNotFloodTheSite(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		refused := 0
		for range 600 {
			if _, err := r.refuse("a", 404); err != nil {
				refused++
			}
			time.Sleep(500 * time.Millisecond)
		}
		assert.Less(r.t, r.count(), 25)
		assert.Positive(r.t, refused)
	})
}

func TestAnInactiveStreamIsRenewedOnRefusal(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		up, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, uint64(2), up.Generation)
		assert.Contains(r.t, up.URL, "n=1&")
		assert.Empty(r.t, r.m.Active())
	})
}

func TestAnInactiveStreamFollowsItsListing(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		first := r.current("a")
		assert.Equal(r.t, first, r.current("a"))
		time.Sleep(time.Second)
		r.list("site", 1) // the listing changed without a result for the manager
		second := r.current("a")
		assert.Equal(r.t, uint64(2), second.Generation)
		assert.NotEqual(r.t, first.URL, second.URL)
		stale, _ := r.Stream("a")
		time.Sleep(time.Second)
		r.plain(2)
		third := r.current("a")
		assert.Equal(r.t, uint64(3), third.Generation)
		r.lock(func() { r.listing["a"] = stale })
		assert.Equal(r.t, third, r.current("a"), "a listing read before the renewal does not bring the old URL back")
	})
}

func TestRenewAllRunsEverySourceOnce(t *testing.T) {
	bubble(t, func(r *rig) { r.ids = map[string][]string{"site": {"a", "b"}, "other": {"c"}, "idle": {"d"}} }, func(r *rig) {
		for _, id := range []string{"a", "b", "c"} {
			r.activate(id, "")
		}
		got := r.m.RenewAll(context.Background())
		require.Len(r.t, got, 3)
		for _, a := range got {
			assert.Equal(r.t, 1, a.RefreshCount, a.ID)
		}
		assert.Equal(r.t, 1, r.count())
		assert.Len(r.t, r.ran["other"], 1)
		assert.Empty(r.t, r.ran["idle"])
	})
}

func TestRenewAllEndsWithItsCaller(t *testing.T) {
	bubble(t, func(r *rig) { r.takes = time.Minute }, func(r *rig) {
		r.activate("a", "")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		assert.Len(r.t, r.m.RenewAll(ctx), 1)
		assert.Equal(r.t, 1, r.count())
	})
}

func TestTheUserGetsOneNoticeOfFailingRenewalsAndOneOfRecovery(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.fail(errors.New("down"))
		for i := range 5 {
			r.m.RenewAll(context.Background())
			if i < 2 {
				assert.Empty(r.t, r.notices)
			}
		}
		assert.Equal(r.t, []string{NoticeFailing + " a: Feed a 1080p cannot be renewed, it keeps playing until its token expires: Extraction failed: down"}, r.notices)
		r.fail(nil)
		r.m.RenewAll(context.Background())
		r.m.RenewAll(context.Background())
		require.Len(r.t, r.notices, 2)
		assert.Equal(r.t, NoticeRenewed+" a: Feed a 1080p can be renewed again", r.notices[1])
	})
}

func TestClosingEndsAllWaits(t *testing.T) {
	bubble(t, func(r *rig) { r.takes = time.Hour }, func(r *rig) {
		r.activate("a", "")
		go func() {
			time.Sleep(time.Second)
			r.m.Close()
		}()
		up, err := r.refuse("a", 403)
		assert.ErrorIs(r.t, err, ErrClosed)
		assert.Equal(r.t, uint64(1), up.Generation)
		synctest.Wait()
		assert.Empty(r.t, r.get("a").LastError, "shutdown is not a failure of the source")
		_, err = r.refuse("a", 403)
		assert.ErrorIs(r.t, err, ErrClosed)
	})
}

func TestARefusalJustAfterTheSitesAnswerIsRecovered(t *testing.T) {
	bubble(t, func(r *rig) { r.takes, r.returns = 3*time.Second, time.Second }, func(r *rig) {
		r.activate("a", "")
		for i := range 3 {
			up, err := r.refuse("a", 403)
			require.NoError(r.t, err)
			assert.Equal(r.t, uint64(i+2), up.Generation)
		}
		assert.Equal(r.t, 3, r.count())
	})
}

func TestARefusalSharesAnExtractionThatIsUnderWay(t *testing.T) {
	bubble(t, func(r *rig) { r.takes, r.url = 3*time.Second, fixed }, func(r *rig) {
		r.activate("a", "")
		start := time.Now()
		r.runs.Request("site", runs.Request{Reason: runs.Planned})
		time.Sleep(time.Second)
		up, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, uint64(2), up.Generation, "its result then counts as a renewal, even with the same URL")
		assert.Equal(r.t, 3*time.Second, time.Since(start))
		assert.Equal(r.t, 1, r.count())
	})
}
