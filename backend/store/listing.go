package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"

	"go.etcd.io/bbolt"

	"gridwall/backend/stream"
)

// Known returns what SaveListing stored last for the source, in its order; both nil for a source never saved.
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

// AllKnown returns what Known does, for every source, by site key, as of one moment.
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

// SaveListing replaces the known state of the source, and notes every URL in the index, in one transaction. A source
// with neither is forgotten; its URLs still resolve.
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

// saveStreams makes b hold exactly streams, writing only the places that differ.
func saveStreams(b *bbolt.Bucket, streams []stream.Stream) (changed bool, err error) {
	// Places are filled from the front: full pages, where bbolt would leave half of each free.
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

// share lets a stream have the texts of the one before it where they are equal: of a list of 50,000 nearly all are.
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
