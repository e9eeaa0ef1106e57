package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"

	"go.etcd.io/bbolt"

	"gridwall/backend/stream"
)

// Known returns the listing that SaveListing last stored for the source, in its order; nil, nil if it never did.
func (s *Store) Known(siteKey string) (listed, retired []stream.Stream, err error) {
	if siteKey == "" {
		return nil, nil, nil
	}
	err = s.view(func(root *bbolt.Bucket) error {
		listings, err := child(root, bucketListings)
		if err != nil {
			return err
		}
		site := listings.Bucket([]byte(siteKey))
		if site == nil {
			return nil
		}
		listed, retired, err = readSite(siteKey, site)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return listed, retired, nil
}

// AllKnown returns the listings of all sources by site key, read in one transaction.
func (s *Store) AllKnown() (listed, retired map[string][]stream.Stream, err error) {
	listed, retired = map[string][]stream.Stream{}, map[string][]stream.Stream{}
	err = s.view(func(root *bbolt.Bucket) error {
		listings, err := child(root, bucketListings)
		if err != nil {
			return err
		}
		return listings.ForEachBucket(func(k []byte) error {
			key := string(k)
			l, r, err := readSite(key, listings.Bucket(k))
			listed[key], retired[key] = l, r
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return listed, retired, nil
}

// SaveListing replaces the listing of the source, and records every URL in the index, in one transaction. A source without
// listed and retired streams is forgotten; its URLs still resolve.
func (s *Store) SaveListing(siteKey string, listed, retired []stream.Stream) error {
	added := 0
	err := s.update(func(root *bbolt.Bucket) (bool, error) {
		added = 0
		listings, err := child(root, bucketListings)
		if err != nil {
			return false, err
		}
		changed, err := saveSite(listings, []byte(siteKey), listed, retired)
		if err != nil {
			return false, err
		}
		urls, err := child(root, bucketURLs)
		if err != nil {
			return false, err
		}
		n, c, err := indexURLs(urls, listed, retired, s.today())
		added = n
		return changed || c, err
	})
	if err != nil {
		return err
	}
	if s.urls.Add(int64(added)) > int64(s.maxURLs)+int64(s.maxURLs/pruneSlack) {
		return s.pruneURLs()
	}
	return nil
}

func saveSite(listings *bbolt.Bucket, key []byte, listed, retired []stream.Stream) (changed bool, err error) {
	if len(listed)+len(retired) == 0 {
		if len(key) == 0 || listings.Bucket(key) == nil {
			return false, nil
		}
		return true, listings.DeleteBucket(key)
	}
	site := listings.Bucket(key)
	if site == nil {
		changed = true
		if site, err = listings.CreateBucket(key); err != nil {
			return false, err
		}
	}
	for _, part := range []struct {
		name    []byte
		streams []stream.Stream
	}{{bucketListed, listed}, {bucketRetired, retired}} {
		b, err := site.CreateBucketIfNotExists(part.name)
		if err != nil {
			return false, err
		}
		c, err := saveStreams(b, part.streams)
		if err != nil {
			return false, err
		}
		changed = changed || c
	}
	return changed, nil
}

// saveStreams stores streams in b and nothing else, writing only the records that differ.
func saveStreams(b *bbolt.Bucket, streams []stream.Stream) (changed bool, err error) {
	// Keys are appended in order, so that bbolt fills its pages; it would leave half of each free.
	b.FillPercent = 0.9
	for i := range streams {
		v, err := json.Marshal(&streams[i])
		if err != nil {
			return false, fmt.Errorf("stream %s: %w", streams[i].ID, err)
		}
		c, err := putChanged(b, place(i), v)
		if err != nil {
			return false, err
		}
		changed = changed || c
	}
	// Collected first: a cursor that deletes as it goes skips records.
	var surplus [][]byte
	c := b.Cursor()
	for k, _ := c.Seek(place(len(streams))); k != nil; k, _ = c.Next() {
		surplus = append(surplus, k)
	}
	for _, k := range surplus {
		changed = true
		if err := b.Delete(k); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func place(i int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(i)) }

func readSite(key string, site *bbolt.Bucket) (listed, retired []stream.Stream, err error) {
	if listed, err = readStreams(key, site.Bucket(bucketListed)); err != nil {
		return nil, nil, err
	}
	retired, err = readStreams(key, site.Bucket(bucketRetired))
	return listed, retired, err
}

func readStreams(key string, b *bbolt.Bucket) (out []stream.Stream, err error) {
	if b == nil {
		return nil, nil
	}
	err = b.ForEach(func(_, v []byte) error {
		var st stream.Stream
		if err := json.Unmarshal(v, &st); err != nil {
			return &damage{fmt.Sprintf("a stream of the source %q cannot be read: %v", key, err)}
		}
		share(&st, out)
		out = append(out, st)
		return nil
	})
	return out, err
}

// share lets a stream share the strings of the one before it if they are equal: in a list of 50,000 nearly all are.
func share(st *stream.Stream, before []stream.Stream) {
	if len(before) == 0 {
		return
	}
	last := &before[len(before)-1]
	if maps.Equal(st.Headers, last.Headers) {
		st.Headers = last.Headers
	}
	for _, s := range [][2]*string{{&st.SiteKey, &last.SiteKey}, {&st.SiteName, &last.SiteName}, {&st.Quality, &last.Quality}, {&st.Group, &last.Group}} {
		if *s[0] == *s[1] {
			*s[0] = *s[1]
		}
	}
}
