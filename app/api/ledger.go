package api

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
	// ledgerPage is how many changes are told at once: about a megabyte, which a page reads in a few milliseconds.
	ledgerPage = 2_500
	// ledgerSlack is how many streams that are listed no more are remembered at least, before the ledger begins anew.
	ledgerSlack = 10_000
	// withinMark ends a mark after which the same answer goes on.
	withinMark = "~"
)

// listing is what a ledger is kept of.
type listing interface {
	Streams() []stream.Stream
	Stream(id string) (stream.Stream, bool)
}

// ledger numbers the changes of a listing, so that each reader can be told what it does not know yet. It looks at the
// listing when it is asked, and keeps no copy of it. The zero value is ready.
type ledger struct {
	mu      sync.Mutex
	epoch   string // of the numbers: another one, and they say nothing
	seed    maphash.Seed
	last    uint64
	looks   uint64
	listed  int
	entries map[string]*ledgerEntry
	// log has a record for each change, in order. That of an entry which changed once more is void.
	log []ledgerRecord
}

type ledgerEntry struct {
	hash uint64
	at   uint64 // the number of its last change
	seen uint64 // the last look that saw it
	gone bool
}

type ledgerRecord struct {
	at uint64
	id string
}

// ledgerChanges are what came after a mark.
type ledgerChanges struct {
	changed     []stream.Stream
	gone        []string
	mark        string
	whole, more bool
	listed      int
}

// after tells what changed after a mark. It looks at the listing where the mark does not stand within an answer.
func (l *ledger) after(mark string, of listing) ledgerChanges {
	l.mu.Lock()
	defer l.mu.Unlock()
	from, within, ok := l.number(mark)
	if !ok || !within {
		l.look(of.Streams())
		// The ledger may have begun anew.
		from, _, ok = l.number(mark)
	}
	out := ledgerChanges{gone: []string{}, whole: !ok}
	first, _ := slices.BinarySearchFunc(l.log, from+1, func(r ledgerRecord, at uint64) int { return int(r.at) - int(at) })
	told := from
	for _, r := range l.log[first:] {
		e := l.entries[r.id]
		if e.at != r.at || e.gone && out.whole {
			continue
		}
		if len(out.changed)+len(out.gone) == ledgerPage {
			out.more = true
			break
		}
		told = r.at
		if e.gone {
			out.gone = append(out.gone, r.id)
		} else if s, ok := of.Stream(r.id); ok {
			out.changed = append(out.changed, s)
		}
	}
	if !out.more {
		told = l.last
	}
	out.mark, out.listed = l.epoch+"-"+strconv.FormatUint(told, 10), l.listed
	if out.more {
		out.mark += withinMark
	}
	return out
}

// number is where a mark stands, and whether that is within an answer; false at last where it is no mark of this ledger.
func (l *ledger) number(mark string) (n uint64, within, ok bool) {
	mark, within = strings.CutSuffix(mark, withinMark)
	epoch, number, _ := strings.Cut(mark, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || l.epoch == "" || epoch != l.epoch || n > l.last {
		return 0, false, false
	}
	return n, within, true
}

// look takes in the listing as it is now.
func (l *ledger) look(list []stream.Stream) {
	if l.epoch == "" || len(l.entries) > 2*len(list)+ledgerSlack {
		l.epoch, l.seed, l.last = fmt.Sprintf("%x", time.Now().UnixNano()), maphash.MakeSeed(), 0
		l.entries, l.log = map[string]*ledgerEntry{}, nil
	}
	l.looks++
	l.listed = len(list)
	for _, s := range list {
		hash := l.hash(s)
		e := l.entries[s.ID]
		if e == nil {
			e = &ledgerEntry{}
			l.entries[s.ID] = e
		}
		known := e.seen > 0 && e.hash == hash && !e.gone
		if e.seen = l.looks; known {
			continue
		}
		e.hash, e.gone = hash, false
		l.note(s.ID, e)
	}
	for id, e := range l.entries {
		if !e.gone && e.seen != l.looks {
			e.gone = true
			l.note(id, e)
		}
	}
	if len(l.log) > 2*len(l.entries) {
		l.log = slices.DeleteFunc(l.log, func(r ledgerRecord) bool { return l.entries[r.id].at != r.at })
	}
}

func (l *ledger) note(id string, e *ledgerEntry) {
	l.last++
	e.at = l.last
	l.log = append(l.log, ledgerRecord{e.at, id})
}

// hash is of all that clients are told of a stream.
func (l *ledger) hash(s stream.Stream) uint64 {
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
