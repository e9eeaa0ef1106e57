package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"gridwall/backend/stream"
)

const (
	// keepURLDays is how long a URL resolves after it left the listings, in days.
	keepURLDays = 90
	// maxURLs bounds the index (some 140 MB): 50,000 streams could otherwise fill a disk with tokens in a week.
	maxURLs = 2_000_000
	// pruneSlack: a running program prunes when the index exceeds its bound by a tenth, not with each URL above it.
	pruneSlack = 10
	urlKeySize = 16
	daySize    = 4
)

// ByURL returns the id of the stream that had the URL when a listing last contained it.
func (s *Store) ByURL(rawURL string) (id string, ok bool, err error) {
	err = s.view(func(root *bbolt.Bucket) error {
		urls, err := child(root, bucketURLs)
		if err != nil {
			return err
		}
		if _, v, sound := splitURL(urls.Get(urlKey(rawURL))); sound {
			id, ok = string(v), true
		}
		return nil
	})
	return id, ok, err
}

func urlKey(rawURL string) []byte {
	sum := sha256.Sum256([]byte(rawURL))
	return sum[:urlKeySize]
}

func splitURL(v []byte) (day uint32, id []byte, sound bool) {
	if len(v) <= daySize {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(v), v[daySize:], true
}

func (s *Store) today() uint32 { return uint32(s.now().Unix() / int64(24*time.Hour/time.Second)) }

// indexURLs records the URLs of one listing. Entries of today are not written again: a listing of 50,000 streams comes every
// 5 minutes, and its keys are scattered over the whole index. A retired stream's URL is recorded only if it has no entry, so
// that a listed stream with the same URL keeps it.
func indexURLs(urls *bbolt.Bucket, listed, retired []stream.Stream, today uint32) (added int, changed bool, err error) {
	type entry struct {
		key    []byte
		id     string
		listed bool
	}
	var all []entry
	note := func(streams []stream.Stream, listed bool) {
		for i := range streams {
			if st := &streams[i]; st.URL != "" && st.ID != "" {
				all = append(all, entry{urlKey(st.URL), st.ID, listed})
			}
		}
	}
	note(retired, false)
	note(listed, true)
	// By key, because neighbours share a page. Stable, so that of several streams with one URL the same one, a listed one if
	// any, is the last in each run and wins; otherwise they would take it from each other forever.
	slices.SortStableFunc(all, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	for i, e := range all {
		if i+1 < len(all) && bytes.Equal(e.key, all[i+1].key) {
			continue
		}
		old := urls.Get(e.key)
		day, id, sound := splitURL(old)
		if sound && (!e.listed || day == today && string(id) == e.id) {
			continue
		}
		if old == nil {
			added++
		}
		if err := urls.Put(e.key, append(binary.BigEndian.AppendUint32(nil, today), e.id...)); err != nil {
			return 0, false, err
		}
		changed = true
	}
	return added, changed, nil
}

// pruneURLs drops entries that were in no listing for keepURLDays, then the longest unseen ones beyond the bound, and counts
// the rest.
func (s *Store) pruneURLs() error {
	left := 0
	err := s.update(func(root *bbolt.Bucket) (bool, error) {
		urls, err := child(root, bucketURLs)
		if err != nil {
			return false, err
		}
		today := s.today()
		perDay := map[uint32]int{}
		total := 0
		err = urls.ForEach(func(_, v []byte) error {
			day, _, _ := splitURL(v) // an unreadable one counts as day 0 and is dropped
			perDay[day]++
			total++
			return nil
		})
		if err != nil {
			return false, err
		}
		drop := s.plan(perDay, total, today)
		var gone [][]byte
		if len(drop) > 0 {
			err = urls.ForEach(func(k, v []byte) error {
				day, _, _ := splitURL(v)
				if drop[day] > 0 {
					drop[day]--
					gone = append(gone, k)
				}
				return nil
			})
			if err != nil {
				return false, err
			}
		}
		for _, k := range gone {
			if err := urls.Delete(k); err != nil {
				return false, err
			}
		}
		left = total - len(gone)
		return len(gone) > 0, nil
	})
	if err == nil {
		s.urls.Store(int64(left))
	}
	return err
}

// plan returns how many entries of each day are dropped.
func (s *Store) plan(perDay map[uint32]int, total int, today uint32) map[uint32]int {
	type age struct {
		day uint32
		n   int
	}
	var ages []age
	for d, n := range perDay {
		ages = append(ages, age{d, n})
	}
	slices.SortFunc(ages, func(a, b age) int { return cmp.Compare(a.day, b.day) })
	drop := map[uint32]int{}
	for _, a := range ages {
		surplus := total - s.maxURLs
		switch {
		case a.day+keepURLDays < today:
			drop[a.day] = a.n
		case surplus > 0:
			drop[a.day] = min(a.n, surplus)
		default:
			return drop
		}
		total -= drop[a.day]
	}
	return drop
}
