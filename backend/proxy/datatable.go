package proxy

import (
	"container/list"
	"strings"
	"time"
)

const (
	// maxData bounds the memory, in bytes, of a feed's addresses outside of its timelines: session data, session keys,
	// assets and their segments. It has room for about 30,000. Beyond it the ones go that were named or used the longest ago.
	maxData = 8 << 20
	// dataOverhead is about what an address takes beside its text.
	dataOverhead = 256
	// dataIdle is for how long an address is known after a playlist has last named it, or a player has asked for it or for
	// what it names. One that is asked for later is found by writing the playlists again (feed.nameAgain).
	dataIdle = time.Minute
	// dataKept bounds for how long an address is known because what named it is in use. A list of assets can name others
	// each time that it is read; so what it named once must do for as long as a player plays that.
	dataKept = time.Hour
)

// dataTable holds what is known of addresses outside of the timelines, by name. The feed's mu guards it.
type dataTable struct {
	index map[string]*list.Element
	order *list.List // of *dataEntry, by at
	bytes int
}

type dataEntry struct {
	name string
	resource
	at    time.Time // when it was last named or used, or found to be kept
	named time.Time // when a playlist last named it
	read  time.Time // when the playlist under this address was last read, and what it names was named; zero: never
	// readUnder is the generation of the token under which that was; soughtUnder the one under which what names this address
	// was last read again for it.
	readUnder, soughtUnder uint64
}

func newDataTable() dataTable { return dataTable{index: map[string]*list.Element{}, order: list.New()} }

func (d *dataEntry) size() int { return len(d.uri) + len(d.name) + dataOverhead }

// put notes that a playlist names res. Nothing of the playlist's text is kept.
func (t *dataTable) put(name string, res resource, now time.Time) {
	if e := t.index[name]; e != nil {
		d := e.Value.(*dataEntry)
		t.bytes -= d.size()
		if d.uri == res.uri {
			res.uri = d.uri
		} else {
			res.uri = strings.Clone(res.uri)
		}
		d.resource, d.at, d.named = res, now, now
		t.bytes += d.size()
		t.order.MoveToBack(e)
	} else {
		res.uri = strings.Clone(res.uri)
		d := &dataEntry{name: name, resource: res, at: now, named: now}
		t.index[name] = t.order.PushBack(d)
		t.bytes += d.size()
	}
	for t.bytes > maxData && t.order.Len() > 1 {
		t.drop(t.order.Front())
	}
}

func (t *dataTable) get(name string) *dataEntry {
	if e := t.index[name]; e != nil {
		return e.Value.(*dataEntry)
	}
	return nil
}

// use is get for a player: the address stays known, and so do those that led to it.
func (t *dataTable) use(name string, now time.Time) *dataEntry {
	found := t.get(name)
	for ok := found != nil; ok; _, name, ok = strings.Cut(name, "-") {
		if e := t.index[name]; e != nil {
			e.Value.(*dataEntry).at = now
			t.order.MoveToBack(e)
		}
	}
	return found
}

// sweep forgets what was neither named nor used since before. What it was named by keeps it, while that is in use: a player
// goes through a list from its beginning to its end, and reads it once.
func (t *dataTable) sweep(before time.Time) {
	for e := t.order.Front(); e != nil && e.Value.(*dataEntry).at.Before(before); e = t.order.Front() {
		d := e.Value.(*dataEntry)
		_, parent, _ := strings.Cut(d.name, "-")
		now := before.Add(dataIdle)
		if p := t.get(parent); p != nil && !p.at.Before(before) && now.Sub(d.named) < dataKept {
			d.at = now
			t.order.MoveToBack(e)
			continue
		}
		t.drop(e)
	}
}

func (t *dataTable) drop(e *list.Element) {
	d := e.Value.(*dataEntry)
	t.order.Remove(e)
	delete(t.index, d.name)
	t.bytes -= d.size()
}
