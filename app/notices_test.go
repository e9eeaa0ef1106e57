package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/backend/store"
	"gridwall/internal/testserver"
)

// notices returns the notices that the page receives, until the event stream ends.
func (r *running) notices(ctx context.Context) <-chan api.Notice {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/api/v1/events", nil)
	require.NoError(r.t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	out := make(chan api.Notice, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			var e api.Event
			if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(v), &e) == nil && e.Notice != nil {
				out <- *e.Notice
			}
		}
	}()
	return out
}

// A user with the page of a server open is notified of a session in time, and not again after a restart of the server.
func TestThePageIsNotifiedOfASessionOnce(t *testing.T) {
	begin := time.Now().UTC().Add(10*time.Minute - 30*time.Second)
	listening := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-listening: // not before somebody listens
		case <-r.Context().Done():
			return
		}
		stamp := "20060102T150405Z"
		fmt.Fprintf(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:%s\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:Night Race\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			begin.Format(stamp), begin.Format(stamp), begin.Add(time.Hour).Format(stamp))
	}))
	defer site.Close()
	h := testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"ics\"\nurl = %q\nseries = \"club\"\n", site.URL), nil)
	s := start(t, h, false)
	ctx, leave := context.WithCancel(t.Context())
	notices := s.notices(ctx)
	close(listening)
	select {
	case n := <-notices:
		assert.Equal(t, api.NoticeSession, n.Kind)
		assert.Regexp(t, `^\S.* in 10 min · \S`, n.Message)
		assert.NotRegexp(t, `\d\d:\d\d`, n.Message, "a server does not know the reader's clock")
	case <-time.After(wait):
		t.Fatal("the page received no notice")
	}
	leave()
	for range notices { // ends with the stream
		t.Log("another notice")
	}
	s.Stop()

	db, err := store.Open(filepath.Join(h.Data, store.FileName))
	require.NoError(t, err)
	record, err := noticeRecords{db}.Load()
	require.NoError(t, err)
	assert.Contains(t, string(record), `"soon":true`)
	require.NoError(t, db.Close())
}
