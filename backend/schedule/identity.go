package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gridwall/backend/season"
)

// The id of an event is made of the series, the season and the name, and not of the round: a round that is inserted, dropped or
// renumbered shifts all later numbers. Events keep their ids from one reading of a calendar to the next, even if their names and
// dates change (keepIDs). Ids made of the round, as earlier versions of Gridwall used, stay with their events.

// roundID returns the id that Gridwall formerly gave to the event that has the round of this one; "" if the calendar counts no
// rounds.
func roundID(e *season.Event) string {
	if e.Round <= 0 {
		return ""
	}
	return e.Series + "-" + season.Slug(e.Season) + "-" + strconv.Itoa(e.Round)
}

// Find returns the index of the event with an id, or -1. An id made of a round means the event that has the round now, unless
// another event kept that id. An id made of a name, as a reading without a database makes it, means the one event of that name
// even if the event kept an older id; but not an event whose id has its day after the name.
func Find(events []season.Event, id string) int {
	if id == "" {
		return -1
	}
	if i := slices.IndexFunc(events, func(e season.Event) bool { return e.ID == id }); i >= 0 {
		return i
	}
	return slices.IndexFunc(otherIDs(events), func(ids []string) bool { return slices.Contains(ids, id) })
}

// nameIDs returns the ids that a reading without a database would give the event. They mean it only if no other event has the
// name.
func nameIDs(e *season.Event) (out []string) {
	for _, id := range []string{e.NameID, season.EventID(e.Series, e.Season, e.Name)} {
		if id != "" && id != e.ID && !slices.Contains(out, id) && !strings.HasPrefix(e.ID, id+"-") {
			out = append(out, id)
		}
	}
	return out
}

// otherIDs returns for each event the ids, other than its own, by which Find finds it.
func otherIDs(events []season.Event) [][]string {
	out := make([][]string, len(events))
	taken, named := map[string]bool{}, map[string]int{}
	for i := range events {
		taken[events[i].ID] = true
	}
	for i := range events {
		if id := roundID(&events[i]); id != "" && !taken[id] {
			out[i] = append(out[i], id)
			taken[id] = true
		}
		for _, id := range nameIDs(&events[i]) {
			named[id]++
		}
	}
	for i := range events {
		for _, id := range nameIDs(&events[i]) {
			if !taken[id] && named[id] == 1 {
				out[i] = append(out[i], id)
			}
		}
	}
	return out
}

// keepIDs gives events of a fresh reading the ids that they had before. old are the events of the last reading, gone those of
// earlier readings that have since left the calendar; now is the time of the fresh reading. It returns the events that are gone
// afterwards. An event is recognised by its name (several with one name by matchNamesakes); a renamed one by the UIDs of its
// sessions, or by its place and date. The id of an event that is gone is never reused: the user's choices for it would apply to
// another race.
func keepIDs(old, gone, fresh []season.Event, now time.Time) []season.Event {
	k := idKeeper{old: slices.Concat(old, gone), listed: len(old), fresh: fresh, now: now, used: map[int]bool{}, kept: map[int]bool{}, taken: season.UsedIDs{}}
	k.oldTraits, k.freshTraits = traitsOf(k.old, now), traitsOf(fresh, now)
	k.namesakes()
	k.renamed()
	for i := range k.old {
		k.taken[k.old[i].ID] = 1
	}
	for i := range fresh {
		if !k.kept[i] {
			fresh[i].ID = k.taken.Unused(fresh[i])
			k.taken[fresh[i].ID] = 1
		}
	}
	return k.left()
}

// idKeeper matches the events of earlier readings, by their indices, with those of a fresh one.
type idKeeper struct {
	old, fresh []season.Event
	listed     int // how many of old were in the last reading
	now        time.Time
	used, kept map[int]bool // the matched events of old and of fresh
	taken      season.UsedIDs
	// oldTraits and freshTraits are what events are compared by.
	oldTraits, freshTraits []traits
}

// traits are the values by which an event is compared. They are computed once, because it may be compared with hundreds of
// others.
type traits struct {
	begins      time.Time
	over        bool
	words, uids func() map[string]bool
}

func traitsOf(events []season.Event, now time.Time) []traits {
	out := make([]traits, len(events))
	for i := range events {
		e := &events[i]
		out[i] = traits{e.Begins(), isOver(e, now), sync.OnceValue(func() map[string]bool { return season.DistinctiveWords(*e) }), sync.OnceValue(func() map[string]bool { return uidsOf(e) })}
	}
	return out
}

// uidsOf returns the calendar UIDs of an event's sessions.
func uidsOf(e *season.Event) map[string]bool {
	out := map[string]bool{}
	for i := range e.Sessions {
		if uid := e.Sessions[i].UID; uid != "" {
			out[uid] = true
		}
	}
	return out
}

// take gives a fresh event the id of an old one, and reports whether both were unmatched.
func (k *idKeeper) take(old, fresh int) bool {
	id := k.old[old].ID
	if k.used[old] || k.kept[fresh] || k.taken[id] > 0 {
		return false
	}
	k.used[old], k.kept[fresh], k.taken[id] = true, true, 1
	if e := &k.fresh[fresh]; e.ID != id {
		e.NameID, e.ID = e.ID, id
	}
	return true
}

// pair is an old and a fresh event, by their indices, and how far apart they begin.
type pair struct {
	old, fresh int
	gap        time.Duration
}

func (k *idKeeper) pair(old, fresh int) pair {
	return pair{old, fresh, k.freshTraits[fresh].begins.Sub(k.oldTraits[old].begins).Abs()}
}

func byGap(a, b pair) int { return cmp.Compare(a.gap, b.gap) }

func seasonKey(e *season.Event) string { return season.SeriesKey(e.Series) + "\n" + e.Season + "\n" }

// renamed matches the remaining events by season and week.
func (k *idKeeper) renamed() {
	type week struct {
		season string
		number int64
	}
	weekOf := func(t traits) int64 { return t.begins.Unix() / int64(mergeSpan/time.Second) }
	left := map[week][]int{}
	for j := range k.old {
		if e := &k.old[j]; !k.used[j] {
			key := week{seasonKey(e), weekOf(k.oldTraits[j])}
			left[key] = append(left[key], j)
		}
	}
	var pairs []pair
	for i := range k.fresh {
		e := &k.fresh[i]
		if k.kept[i] || len(left) == 0 {
			continue
		}
		season, number := seasonKey(e), weekOf(k.freshTraits[i])
		for _, n := range []int64{-1, 0, 1} {
			near := left[week{season, number + n}]
			for _, j := range near[:min(len(near), maxNearby)] {
				if p := k.pair(j, i); p.gap <= mergeSpan && k.mayBe(j, i) {
					pairs = append(pairs, p)
				}
			}
		}
	}
	slices.SortStableFunc(pairs, byGap)
	for _, p := range pairs {
		k.take(p.old, p.fresh)
	}
}

const (
	// maxGone limits the events that are remembered after they have left a calendar.
	maxGone = 200
	// rememberGone is how long they are remembered: no season is longer.
	rememberGone = 400 * 24 * time.Hour
)

// left returns the unmatched old events, the newest first, with just enough of their sessions to recognise them.
func (k *idKeeper) left() (out []season.Event) {
	for i, e := range k.old {
		if k.used[i] || e.Begins().Before(k.now.Add(-rememberGone)) {
			continue
		}
		if len(out) == maxGone {
			break
		}
		e.Sessions = slices.Clone(e.Sessions[:min(len(e.Sessions), 3)])
		out = append(out, e)
	}
	return out
}

// mayBe reports whether two events of one weekend may be one under two names.
func (k *idKeeper) mayBe(old, fresh int) bool {
	return k.sharesUID(old, fresh) || sharesWord(k.oldTraits[old].words(), k.freshTraits[fresh].words())
}

// sharesUID reports whether sessions of both events have a UID in common.
func (k *idKeeper) sharesUID(old, fresh int) bool {
	return sharesWord(k.oldTraits[old].uids(), k.freshTraits[fresh].uids())
}

// sessionName identifies a session within its event, whatever its time. nth counts the sessions of one name.
func sessionName(e *season.Event, s *season.Session, nth map[string]int) string {
	key := "uid\n" + s.UID
	if s.UID == "" {
		key = e.ID + "\n" + string(s.Type) + "\n" + season.Slug(s.Name)
	}
	nth[key]++
	return fmt.Sprintf("%s\n%d", key, nth[key])
}
