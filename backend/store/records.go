package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// Bucket is one of the plain key/value buckets. What the values say is their owners' business.
type Bucket string

// The buckets, and who owns their records.
const (
	Active   Bucket = "active"   // backend/refresh: active streams and their leases, by stream id
	Lives    Bucket = "lives"    // backend/refresh: observed token lifetimes, by host
	Feeds    Bucket = "feeds"    // backend/proxy: names of renditions, offsets, epochs, by stream id
	Calendar Bucket = "calendar" // backend/schedule: each provider's newest answer
	Settings Bucket = "settings" // app/api: settings of the window
	Layouts  Bucket = "layouts"  // app/api: the current wall
	Walls    Bucket = "walls"    // app/api: saved walls, by name
	Notices  Bucket = "notices"  // app/notify: the notices already shown, by session
	Offsets  Bucket = "offsets"  // backend/offsets: offsets of feeds, one document
)

var buckets = []Bucket{Active, Lives, Feeds, Calendar, Settings, Layouts, Walls, Notices, Offsets}

// bucket returns b below root.
func (s *Store) bucket(root *bbolt.Bucket, b Bucket) (*bbolt.Bucket, error) {
	if !slices.Contains(buckets, b) {
		return nil, &Error{s.path, ErrBadKey, nil, fmt.Sprintf("the database has no bucket %q", b)}
	}
	return child(root, []byte(b))
}

func child(parent *bbolt.Bucket, name []byte) (*bbolt.Bucket, error) {
	if b := parent.Bucket(name); b != nil {
		return b, nil
	}
	return nil, errMissing(name)
}

// Get returns a copy of the value of key, and nil if there is none.
func (s *Store) Get(b Bucket, key string) (value []byte, err error) {
	err = s.view(func(root *bbolt.Bucket) error {
		bk, err := s.bucket(root, b)
		if err != nil {
			return err
		}
		value = bytes.Clone(bk.Get([]byte(key)))
		return nil
	})
	return value, err
}

// GetUpTo is Get for a value of at most limit bytes. A longer one is not read: the error contains its length.
func (s *Store) GetUpTo(b Bucket, key string, limit int) (value []byte, err error) {
	err = s.view(func(root *bbolt.Bucket) error {
		bk, err := s.bucket(root, b)
		if err != nil {
			return err
		}
		v := bk.Get([]byte(key)) // in the mapped file: not copied yet
		if len(v) > limit {
			return fmt.Errorf("the record of %q in %q has %d bytes, more than %d", key, b, len(v), limit)
		}
		value = bytes.Clone(v)
		return nil
	})
	return value, err
}

// Put stores value under key. It is on disk when Put returns.
func (s *Store) Put(b Bucket, key string, value []byte) error {
	return s.PutAll(b, map[string][]byte{key: value})
}

// PutAll stores all of values, or none of them, in one transaction. Other keys are not changed.
func (s *Store) PutAll(b Bucket, values map[string][]byte) error {
	return s.update(func(root *bbolt.Bucket) (changed bool, err error) {
		bk, err := s.bucket(root, b)
		if err != nil {
			return false, err
		}
		// In order of keys, bbolt fills its pages better.
		for _, k := range slices.Sorted(maps.Keys(values)) {
			c, err := putChanged(bk, []byte(k), values[k])
			if err != nil {
				return false, err
			}
			changed = changed || c
		}
		return changed, nil
	})
}

// Delete removes key. A missing key is not an error.
func (s *Store) Delete(b Bucket, key string) error {
	return s.update(func(root *bbolt.Bucket) (bool, error) {
		bk, err := s.bucket(root, b)
		if err != nil || bk.Get([]byte(key)) == nil {
			return false, err
		}
		return true, bk.Delete([]byte(key))
	})
}

// Each calls fn for every record, in order of keys, and stops at fn's first error, which it returns. fn sees the bucket as of
// one transaction and may call any method of the store; the values are copies.
func (s *Store) Each(b Bucket, fn func(key string, value []byte) error) error {
	type record struct {
		key   string
		value []byte
	}
	var all []record
	err := s.view(func(root *bbolt.Bucket) error {
		bk, err := s.bucket(root, b)
		if err != nil {
			return err
		}
		return bk.ForEach(func(k, v []byte) error {
			all = append(all, record{string(k), bytes.Clone(v)})
			return nil
		})
	})
	if err != nil {
		return err
	}
	// Outside the transaction: fn may write (bbolt would deadlock) and a panic in fn does not mean a damaged page.
	for _, r := range all {
		if err := fn(r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}

// Keys returns the keys of a bucket, sorted, without reading its values.
func (s *Store) Keys(b Bucket) (keys []string, err error) {
	err = s.view(func(root *bbolt.Bucket) error {
		bk, err := s.bucket(root, b)
		if err != nil {
			return err
		}
		return bk.ForEach(func(k, _ []byte) error {
			keys = append(keys, string(k))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return keys, nil
}

// putChanged puts value unless it is already stored.
func putChanged(b *bbolt.Bucket, key, value []byte) (changed bool, err error) {
	if old := b.Get(key); old != nil && bytes.Equal(old, value) {
		return false, nil
	}
	return true, b.Put(key, value)
}
