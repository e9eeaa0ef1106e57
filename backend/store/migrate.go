package store

import (
	"errors"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"
)

var (
	bucketRoot     = []byte("gridwall")
	keyVersion     = []byte("version")
	bucketListings = []byte("listings")
	bucketListed   = []byte("listed")
	bucketRetired  = []byte("retired")
	bucketURLs     = []byte("urls")
)

// migration upgrades the database by one version, in the transaction that also writes the new version.
type migration func(root *bbolt.Bucket) error

// migrations[i] upgrades version i to i+1. Append only: databases of every version are in use.
var migrations = []migration{
	func(root *bbolt.Bucket) error {
		names := [][]byte{bucketListings, bucketURLs}
		for _, b := range buckets {
			names = append(names, []byte(b))
		}
		for _, n := range names {
			if _, err := root.CreateBucketIfNotExists(n); err != nil {
				return err
			}
		}
		return nil
	},
	func(root *bbolt.Bucket) error {
		_, err := root.CreateBucketIfNotExists([]byte(Notices))
		return err
	},
	func(root *bbolt.Bucket) error {
		_, err := root.CreateBucketIfNotExists([]byte(Walls))
		return err
	},
	func(root *bbolt.Bucket) error {
		_, err := root.CreateBucketIfNotExists([]byte(Offsets))
		return err
	},
}

// migrate upgrades the database to the newest version, all steps in one transaction: a crash leaves the old version.
func (s *Store) migrate(steps []migration) error {
	err := s.run(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			root := tx.Bucket(bucketRoot)
			if root == nil {
				if k, _ := tx.Cursor().First(); k != nil {
					return foreignError(s.path, "a database of another program")
				}
				var err error
				if root, err = tx.CreateBucket(bucketRoot); err != nil {
					return err
				}
			}
			version := 0
			if v := root.Get(keyVersion); v != nil {
				n, err := strconv.Atoi(string(v))
				if err != nil || n < 1 {
					return &damage{fmt.Sprintf("its version is %q", v)}
				}
				version = n
			}
			if version > len(steps) {
				return newerError(s.path, version, len(steps))
			}
			if version == len(steps) {
				return errUnchanged
			}
			for _, step := range steps[version:] {
				if err := step(root); err != nil {
					return err
				}
			}
			return root.Put(keyVersion, []byte(strconv.Itoa(len(steps))))
		})
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
