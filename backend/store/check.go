package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// This file reads bbolt's file format (version 2) with plain reads and bounds checks, so that a damaged file gives an error
// and not a fault. It checks every reachable page; it cannot see damage inside a value.

const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	pageHeader     = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elementSize    = 16 // of branch and leaf pages alike
	metaSize       = 64
	metaSummed     = metaSize - 8 // the checksum covers the bytes before it
	flagBranch     = 0x01
	flagLeaf       = 0x02
	flagFreelist   = 0x10
	bucketElement  = 0x01
	inBucketSize   = 16
	noFreelist     = ^uint64(0)
	minPageSize    = 1 << 10
	maxPageSize    = 1 << 24
	maxDepth       = 64      // of pages and buckets below the root: ours has 3 buckets, and pages fan out widely
	maxOverflow    = 1 << 20 // pages behind one page: 4 GiB at the usual size
	longFreelist   = 0xFFFF  // then the first id is the count
	freelistIDSize = 8
)

type meta struct{ pageSize, root, freelist, high, txid uint64 }

// checker walks one file.
type checker struct {
	f    *os.File
	m    meta
	seen []uint64 // one bit for each page
}

// checkFile returns nil for an undamaged, empty or missing file; otherwise an error that describes the damage.
func checkFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if fi.Size() == 0 {
		return nil // bbolt fills it
	}
	m, ok := newestMeta(f)
	if !ok {
		return errors.New("it does not start like a database")
	}
	if m.high > uint64(fi.Size())/m.pageSize {
		return fmt.Errorf("it is truncated: %d of %d bytes are left", fi.Size(), m.high*m.pageSize)
	}
	c := &checker{f: f, m: m, seen: make([]uint64, m.high/64+1)}
	c.mark(0)
	c.mark(1)
	if err := c.tree(m.root, nil, nil, 0); err != nil {
		return err
	}
	return c.freelist()
}

// newestMeta finds the valid meta page of the highest transaction. A crash can tear one of the two.
func newestMeta(f io.ReaderAt) (meta, bool) {
	best, found := meta{}, false
	try := func(at int64) {
		if m, ok := readMeta(f, at); ok && (!found || m.txid > best.txid) {
			best, found = m, true
		}
	}
	try(0)
	if found {
		try(int64(best.pageSize))
		return best, true
	}
	for size := int64(minPageSize); size <= maxPageSize && !found; size <<= 1 {
		try(size)
	}
	return best, found
}

func readMeta(f io.ReaderAt, at int64) (meta, bool) {
	var b [pageHeader + metaSize]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return meta{}, false
	}
	p := b[pageHeader:]
	e := binary.NativeEndian // bbolt writes the machine's byte order
	sum := fnv.New64a()
	_, _ = sum.Write(p[:metaSummed])
	m := meta{pageSize: uint64(e.Uint32(p[8:])), root: e.Uint64(p[16:]), freelist: e.Uint64(p[32:]), high: e.Uint64(p[40:]), txid: e.Uint64(p[48:])}
	ok := e.Uint32(p) == boltMagic && e.Uint32(p[4:]) == boltVersion && e.Uint64(p[metaSummed:]) == sum.Sum64() &&
		m.pageSize >= minPageSize && m.pageSize <= maxPageSize && m.high >= 2 && m.high < 1<<48/m.pageSize
	return m, ok
}

// mark marks a page as used, and reports whether it was unused before.
func (c *checker) mark(id uint64) bool {
	bit := uint64(1) << (id % 64)
	if c.seen[id/64]&bit != 0 {
		return false
	}
	c.seen[id/64] |= bit
	return true
}

// page reads a page with its overflow pages and marks them.
func (c *checker) page(id uint64) (flags uint16, count int, b []byte, err error) {
	if id < 2 || id >= c.m.high {
		return 0, 0, nil, fmt.Errorf("page %d does not exist", id)
	}
	var h [pageHeader]byte
	at := int64(id * c.m.pageSize)
	if _, err := c.f.ReadAt(h[:], at); err != nil {
		return 0, 0, nil, err
	}
	e := binary.NativeEndian
	overflow := uint64(e.Uint32(h[12:]))
	if e.Uint64(h[:]) != id || overflow > maxOverflow || id+overflow >= c.m.high {
		return 0, 0, nil, fmt.Errorf("page %d has a bad head", id)
	}
	for i := id; i <= id+overflow; i++ {
		if !c.mark(i) {
			return 0, 0, nil, fmt.Errorf("page %d is used twice", i)
		}
	}
	b = make([]byte, (overflow+1)*c.m.pageSize)
	if _, err := c.f.ReadAt(b, at); err != nil {
		return 0, 0, nil, err
	}
	return e.Uint16(h[8:]), int(e.Uint16(h[10:])), b, nil
}

// tree checks the page id and those below it. Its keys lie in [from, to); nil means unbounded.
func (c *checker) tree(id uint64, from, to []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("page %d is nested too deeply", id)
	}
	flags, count, b, err := c.page(id)
	if err != nil {
		return err
	}
	return c.elements(id, flags, count, b, from, to, depth)
}

// elements checks the elements of a page, or of a small bucket stored inside a value.
func (c *checker) elements(id uint64, flags uint16, count int, b, from, to []byte, depth int) error {
	if flags != flagBranch && flags != flagLeaf || pageHeader+count*elementSize > len(b) {
		return fmt.Errorf("page %d has a bad head", id)
	}
	if flags == flagBranch && count == 0 {
		return fmt.Errorf("page %d is empty", id)
	}
	e := binary.NativeEndian
	element := func(i int) (key, value []byte, bits uint32, child uint64, ok bool) {
		at := pageHeader + i*elementSize
		h := b[at:]
		var pos, ksize, vsize uint64
		if flags == flagBranch {
			pos, ksize, child = uint64(e.Uint32(h)), uint64(e.Uint32(h[4:])), e.Uint64(h[8:])
		} else {
			bits, pos, ksize, vsize = e.Uint32(h), uint64(e.Uint32(h[4:])), uint64(e.Uint32(h[8:])), uint64(e.Uint32(h[12:]))
		}
		start := uint64(at) + pos
		if start+ksize+vsize > uint64(len(b)) || pos < elementSize {
			return nil, nil, 0, 0, false
		}
		return b[start : start+ksize], b[start+ksize : start+ksize+vsize], bits, child, true
	}
	var last []byte
	for i := range count {
		key, value, bits, child, ok := element(i)
		if !ok || len(key) == 0 && flags == flagLeaf || i > 0 && bytes.Compare(last, key) >= 0 ||
			flags == flagLeaf && from != nil && bytes.Compare(key, from) < 0 || to != nil && bytes.Compare(key, to) >= 0 {
			return fmt.Errorf("page %d has invalid keys", id)
		}
		last = key
		switch {
		case flags == flagBranch:
			end := to
			if i+1 < count {
				next, _, _, _, ok := element(i + 1)
				if !ok {
					return fmt.Errorf("page %d has invalid keys", id)
				}
				end = next
			}
			if err := c.tree(child, key, end, depth+1); err != nil {
				return err
			}
		case bits&bucketElement != 0:
			if err := c.bucket(id, value, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket checks a bucket by its value in the enclosing bucket.
func (c *checker) bucket(id uint64, v []byte, depth int) error {
	if depth > maxDepth || len(v) < inBucketSize {
		return fmt.Errorf("page %d holds a bad bucket", id)
	}
	e := binary.NativeEndian
	if root := e.Uint64(v); root != 0 {
		return c.tree(root, nil, nil, depth)
	}
	p := v[inBucketSize:]
	if len(p) < pageHeader || e.Uint16(p[8:]) != flagLeaf {
		return fmt.Errorf("page %d holds a bad bucket", id)
	}
	return c.elements(id, flagLeaf, int(e.Uint16(p[10:])), p, nil, nil, depth)
}

// freelist checks that no page is both free and in use: bbolt would write over it.
func (c *checker) freelist() error {
	if c.m.freelist == noFreelist {
		return nil
	}
	flags, count, b, err := c.page(c.m.freelist)
	if err != nil {
		return err
	}
	e := binary.NativeEndian
	ids := b[pageHeader:]
	n := uint64(count)
	if count == longFreelist {
		n, ids = e.Uint64(ids), ids[freelistIDSize:]
	}
	if flags != flagFreelist || n > uint64(len(ids)/freelistIDSize) {
		return errors.New("the list of free pages is damaged")
	}
	for i := range n {
		if id := e.Uint64(ids[i*freelistIDSize:]); id < 2 || id >= c.m.high || !c.mark(id) {
			return fmt.Errorf("page %d is both free and in use", id)
		}
	}
	return nil
}
