package changes

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gridwall/backend/stream"
)

const (
	// pageSize is how many changes After returns at once: about a megabyte of JSON, which a page reads in a few milliseconds.
	pageSize = 2_500
	// slack is the least number of unlisted streams that are remembered before the log starts over.
	slack = 10_000
	// moreSuffix ends a mark in the middle of a result: the next call continues without comparing the listing again.
	moreSuffix = "~"
)

// Listing is a set of streams; backend/extract.Service is one.
type Listing interface {
	Streams() []stream.Stream
	Stream(id string) (stream.Stream, bool)
}

// Log numbers the changes of a listing, so that each reader gets only those that it has not seen. It compares the listing
// when it is read, and keeps hashes rather than a copy. The zero value is ready; it is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	epoch   string // numbers of other epochs are invalid
	seed    maphash.Seed
	last    uint64
	scans   uint64
	listed  int
	entries map[string]*entry
	// records has one record for each change, in order. The record of an entry that has changed again since is void.
	records []record
}

type entry struct {
	hash uint64
	at   uint64 // the number of its last change
	seen uint64 // the last scan that saw it
	gone bool
}

type record struct {
	at uint64
	id string
}

// Changes are the changes after a mark.
type Changes struct {
	Changed []stream.Stream // the new and the changed streams, as they are now; those that changed first come first
	Gone    []string        // the ids of streams that are no longer listed
	Mark    string          // where the next call continues
	Whole   bool            // Changed begins the whole listing; what the reader had before is void
	More    bool            // the next call returns more at once
	Listed  int             // how many streams are listed in all
}

// After returns the changes after a mark, a result's Mark; from the beginning for "" and for a mark of another process.
func (l *Log) After(mark string, of Listing) Changes {
	l.mu.Lock()
	defer l.mu.Unlock()
	from, within, ok := l.number(mark)
	if !ok || !within {
		l.scan(of.Streams())
		// The log may have started over.
		from, _, ok = l.number(mark)
	}
	out := Changes{Gone: []string{}, Whole: !ok}
	first, _ := slices.BinarySearchFunc(l.records, from+1, func(r record, at uint64) int { return int(r.at) - int(at) })
	told := from
	for _, r := range l.records[first:] {
		e := l.entries[r.id]
		if e.at != r.at || e.gone && out.Whole {
			continue
		}
		if len(out.Changed)+len(out.Gone) == pageSize {
			out.More = true
			break
		}
		told = r.at
		if e.gone {
			out.Gone = append(out.Gone, r.id)
		} else if s, ok := of.Stream(r.id); ok {
			out.Changed = append(out.Changed, s)
		}
	}
	if !out.More {
		told = l.last
	}
	out.Mark, out.Listed = l.epoch+"-"+strconv.FormatUint(told, 10), l.listed
	if out.More {
		out.Mark += moreSuffix
	}
	return out
}

// number parses a mark; within reports whether it is in the middle of a result, ok whether it is a mark of this epoch.
func (l *Log) number(mark string) (n uint64, within, ok bool) {
	mark, within = strings.CutSuffix(mark, moreSuffix)
	epoch, number, _ := strings.Cut(mark, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || l.epoch == "" || epoch != l.epoch || n > l.last {
		return 0, false, false
	}
	return n, within, true
}

// scan compares the listing with the entries, and records what has changed.
func (l *Log) scan(list []stream.Stream) {
	if l.epoch == "" || len(l.entries) > 2*len(list)+slack {
		l.epoch, l.seed, l.last = fmt.Sprintf("%x", time.Now().UnixNano()), maphash.MakeSeed(), 0
		l.entries, l.records = map[string]*entry{}, nil
	}
	l.scans++
	l.listed = len(list)
	for _, s := range list {
		hash := l.hash(s)
		e := l.entries[s.ID]
		if e == nil {
			e = &entry{}
			l.entries[s.ID] = e
		}
		same := e.seen > 0 && e.hash == hash && !e.gone
		if e.seen = l.scans; same {
			continue
		}
		e.hash, e.gone = hash, false
		l.note(s.ID, e)
	}
	for id, e := range l.entries {
		if !e.gone && e.seen != l.scans {
			e.gone = true
			l.note(id, e)
		}
	}
	if len(l.records) > 2*len(l.entries) {
		l.records = slices.DeleteFunc(l.records, func(r record) bool { return l.entries[r.id].at != r.at })
	}
}

func (l *Log) note(id string, e *entry) {
	l.last++
	e.at = l.last
	l.records = append(l.records, record{e.at, id})
}

// hash covers every field of a stream that clients see.
func (l *Log) hash(s stream.Stream) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, text := range []string{s.URL, s.SiteKey, s.SiteName, s.Title, s.Quality, s.Group, s.Logo} {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0)
	}
	var b [8]byte
	number := func(n int64) {
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		_, _ = h.Write(b[:])
	}
	number(s.ExtractedAt.UnixNano())
	if s.Health != nil {
		number(s.Health.CheckedAt.UnixNano())
		number(int64(s.Health.ResponseTime))
		number(s.Health.Bitrate)
		if s.Health.Live {
			number(1)
		}
	}
	return h.Sum64()
}
