package proxy

import (
	"container/list"
	"strings"
	"time"
)

const (
	// maxData bounds the memory, in bytes, of a feed's addresses outside of its timelines: session data, session keys,
	// assets and their segments. It has room for about 30,000. Beyond it the ones go that were named the longest ago.
	maxData = 8 << 20
	// dataOverhead is about what an address takes beside its text.
	dataOverhead = 256
	// dataIdle is for how long an address is known after a playlist has last named it. One that is asked for later is
	// found by writing the playlists again (feed.nameAgain).
	dataIdle = time.Minute
)

// dataTable holds what is known of addresses outside of the timelines, by name. The feed's mu guards it.
type dataTable struct {
	index map[string]*list.Element
	order *list.List // of *dataEntry, the one that was named the longest ago first
	bytes int
}

type dataEntry struct {
	name string
	resource
	at   time.Time // when a playlist last named it
	read time.Time // when the playlist under this address was last read, and what it names was named; zero: never
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
		d.resource, d.at = res, now
		t.bytes += d.size()
		t.order.MoveToBack(e)
	} else {
		res.uri = strings.Clone(res.uri)
		d := &dataEntry{name: name, resource: res, at: now}
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

// sweep forgets what no playlist has named since before.
func (t *dataTable) sweep(before time.Time) {
	for e := t.order.Front(); e != nil && e.Value.(*dataEntry).at.Before(before); e = t.order.Front() {
		t.drop(e)
	}
}

func (t *dataTable) drop(e *list.Element) {
	d := e.Value.(*dataEntry)
	t.order.Remove(e)
	delete(t.index, d.name)
	t.bytes -= d.size()
}
