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

// An event's id says which event it is, not where it stands in the season: a round that is inserted, left out or counted
// otherwise moves all numbers behind it. So it is made of the series, the season and the name. Once a calendar has been
// read, its events keep their ids from one reading to the next, whatever becomes of their names and dates (keepIDs); those
// that were made of the round, as Gridwall did before, stay with their events like that.

// roundID is the id that Gridwall gave to the event that has the round of this one; "" where the calendar counts none.
func roundID(e *season.Event) string {
	if e.Round <= 0 {
		return ""
	}
	return e.Series + "-" + season.Slug(e.Season) + "-" + strconv.Itoa(e.Round)
}

// Find returns the place of the event with an id, or -1. An id made of a round means the event that has it now, unless
// another kept it. One made of a name, as a reading without a database makes it, means the one event of that name, though
// that kept an older id; an event whose id has its day behind the name is not that one.
func Find(events []season.Event, id string) int {
	if id == "" {
		return -1
	}
	if i := slices.IndexFunc(events, func(e season.Event) bool { return e.ID == id }); i >= 0 {
		return i
	}
	return slices.IndexFunc(otherIDs(events), func(ids []string) bool { return slices.Contains(ids, id) })
}

// nameIDs are the ids made of an event's name that mean it where no other event has the name: those that a reading without a
// database would give it.
func nameIDs(e *season.Event) (out []string) {
	for _, id := range []string{e.NameID, season.EventID(e.Series, e.Season, e.Name)} {
		if id != "" && id != e.ID && !slices.Contains(out, id) && !strings.HasPrefix(e.ID, id+"-") {
			out = append(out, id)
		}
	}
	return out
}

// otherIDs lists for each event the ids beside its own under which Find finds it.
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

// keepIDs gives events of a fresh reading the ids that they had before. old are the events of the last reading, gone those
// of earlier ones that have left the calendar since; now is when the fresh reading was made. What is returned are the events
// that are gone after it. An event is known by its name, and several with one name as namesakes pairs them; one that was
// renamed, for a sponsor, by its sessions' own names, or by its place and date. The id of an event that is gone goes to no
// other: what a user chose for it would be done at another race.
func keepIDs(old, gone, fresh []season.Event, now time.Time) []season.Event {
	k := keeper{old: slices.Concat(old, gone), listed: len(old), fresh: fresh, now: now, used: map[int]bool{}, kept: map[int]bool{}, taken: season.UsedIDs{}}
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

// keeper pairs the events of earlier readings with those of a fresh one, by their places.
type keeper struct {
	old, fresh []season.Event
	listed     int // how many of old the last reading had
	now        time.Time
	used, kept map[int]bool // what is paired of old and of fresh
	taken      season.UsedIDs
	// oldTraits and freshTraits are what old and fresh are compared by.
	oldTraits, freshTraits []traits
}

// traits are the values by which an event is compared, computed once: it may be compared with hundreds of others.
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

// take gives a fresh event the id of an old one, and reports whether both were free.
func (k *keeper) take(old, fresh int) bool {
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

// pair is an event of an earlier reading and one of a later, by their places, and how far apart they begin.
type pair struct {
	old, fresh int
	gap        time.Duration
}

func (k *keeper) pair(old, fresh int) pair {
	return pair{old, fresh, k.freshTraits[fresh].begins.Sub(k.oldTraits[old].begins).Abs()}
}

func byGap(a, b pair) int { return cmp.Compare(a.gap, b.gap) }

func seasonKey(e *season.Event) string { return season.SeriesKey(e.Series) + "\n" + e.Season + "\n" }

// renamed pairs what is left by season and week.
func (k *keeper) renamed() {
	type week struct {
		season string
		number int64
	}
	weekOf := func(t traits) int64 { return t.begins.Unix() / int64(sameWeekend/time.Second) }
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
				if p := k.pair(j, i); p.gap <= sameWeekend && k.mayBe(j, i) {
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
	// maxGone bounds the events of a calendar that are remembered although it does not list them any more.
	maxGone = 200
	// goneFor is for how long they are remembered: no season is longer.
	goneFor = 400 * 24 * time.Hour
)

// left are the old events that were not found again, the newest first, with as much of them as it takes to know them.
func (k *keeper) left() (out []season.Event) {
	for i, e := range k.old {
		if k.used[i] || e.Begins().Before(k.now.Add(-goneFor)) {
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
func (k *keeper) mayBe(old, fresh int) bool {
	return k.sharesUID(old, fresh) || sharesWord(k.oldTraits[old].words(), k.freshTraits[fresh].words())
}

// sharesUID reports whether a calendar has one name of its own for a session of both.
func (k *keeper) sharesUID(old, fresh int) bool {
	return sharesWord(k.oldTraits[old].uids(), k.freshTraits[fresh].uids())
}

// sessionName names a session among those of its event, whatever its time: nth counts those of one name.
func sessionName(e *season.Event, s *season.Session, nth map[string]int) string {
	key := "uid\n" + s.UID
	if s.UID == "" {
		key = e.ID + "\n" + string(s.Type) + "\n" + season.Slug(s.Name)
	}
	nth[key]++
	return fmt.Sprintf("%s\n%d", key, nth[key])
}
