package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// An event's id says which event it is, not where it stands in the season: a round that is inserted, left out or counted
// otherwise moves all numbers behind it. So it is made of the series, the season and the name. Once a calendar has been
// read, its events keep their ids from one reading to the next, whatever becomes of their names and dates (keepIDs); those
// that were made of the round, as Gridwall did before, stay with their events like that.

// eventID is the id of an event that was not read before.
func eventID(series, season, name string) string {
	return slug(series) + "-" + slug(season) + "-" + slug(name)
}

// byRound is the id that Gridwall gave to the event that has the round of this one; "" where the calendar counts none.
func (e *Event) byRound() string {
	if e.Round <= 0 {
		return ""
	}
	return e.Series + "-" + slug(e.Season) + "-" + strconv.Itoa(e.Round)
}

// Find returns the place of the event with an id, or -1. An id made of a round means the event that has it now, unless
// another kept it. One made of a name, as a reading without a database makes it, means the one event of that name, though
// that kept an older id.
func Find(events []Event, id string) int {
	if i := slices.IndexFunc(events, func(e Event) bool { return e.ID == id }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(events, func(e Event) bool { return id != "" && e.byRound() == id }); i >= 0 {
		return i
	}
	named := func(e Event) bool { return eventID(e.Series, e.Season, e.Name) == id }
	first := slices.IndexFunc(events, named)
	if first >= 0 && slices.ContainsFunc(events[first+1:], named) {
		return -1
	}
	return first
}

// distinguish gives every event an id of its own. The first event of a name in a season has its plain id; the ids of others
// end with their day. events are sorted.
func distinguish(events []Event) {
	taken := map[string]bool{}
	for i := range events {
		events[i].ID = unusedID(events[i], taken)
		taken[events[i].ID] = true
	}
}

// unusedID is the id of e, or the first one like it that is not taken.
func unusedID(e Event, taken map[string]bool) string {
	if !taken[e.ID] {
		return e.ID
	}
	dated := e.ID
	if at := e.begins(); !at.IsZero() {
		dated += "-" + at.Format("0102")
	}
	for n, id := 2, dated; ; n++ {
		if !taken[id] {
			return id
		}
		id = dated + "-" + strconv.Itoa(n)
	}
}

// pair is an event of an earlier reading and one of a later, by their places, and how far apart they begin.
type pair struct {
	old, fresh int
	gap        time.Duration
}

// maxNamesakes bounds the events of one name in one season that are compared with each other.
const maxNamesakes = 50

// keepIDs gives events of a fresh reading the ids that they had in the earlier one. An event is known by its name, of
// several with one name by its date; one that was renamed, for a sponsor, by its sessions' own names, or by its place and
// date.
func keepIDs(old, fresh []Event) {
	oldIDs, kept := map[int]bool{}, map[int]bool{}
	taken := map[string]bool{}
	take := func(pairs []pair) {
		slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.gap, b.gap) })
		for _, p := range pairs {
			if !oldIDs[p.old] && !kept[p.fresh] && !taken[old[p.old].ID] {
				oldIDs[p.old], kept[p.fresh], taken[old[p.old].ID] = true, true, true
				fresh[p.fresh].ID = old[p.old].ID
			}
		}
	}
	season := func(e *Event) string { return seriesKey(e.Series) + "\n" + e.Season + "\n" }
	byName := map[string][]int{}
	for i := range old {
		key := season(&old[i]) + slug(old[i].Name)
		byName[key] = append(byName[key], i)
	}
	var pairs []pair
	for i := range fresh {
		same := byName[season(&fresh[i])+slug(fresh[i].Name)]
		for _, j := range same[:min(len(same), maxNamesakes)] {
			pairs = append(pairs, pair{j, i, fresh[i].begins().Sub(old[j].begins()).Abs()})
		}
	}
	take(pairs)

	// Who was renamed is looked for among those that are left, by season and week.
	type week struct {
		season string
		number int64
	}
	weekOf := func(e *Event) int64 { return e.begins().Unix() / int64(sameWeekend/time.Second) }
	left := map[week][]int{}
	for j := range old {
		if !oldIDs[j] {
			key := week{season(&old[j]), weekOf(&old[j])}
			left[key] = append(left[key], j)
		}
	}
	pairs = nil
	for i := range fresh {
		if kept[i] || len(left) == 0 {
			continue
		}
		for _, n := range []int64{-1, 0, 1} {
			near := left[week{season(&fresh[i]), weekOf(&fresh[i]) + n}]
			for _, j := range near[:min(len(near), maxNamesakes)] {
				if gap := fresh[i].begins().Sub(old[j].begins()).Abs(); gap <= sameWeekend && renamed(&old[j], &fresh[i]) {
					pairs = append(pairs, pair{j, i, gap})
				}
			}
		}
	}
	take(pairs)
	for i := range fresh {
		if !kept[i] {
			fresh[i].ID = unusedID(fresh[i], taken)
			taken[fresh[i].ID] = true
		}
	}
}

// renamed reports whether two events of one weekend may be one under two names.
func renamed(old, fresh *Event) bool {
	uids := map[string]bool{}
	for _, s := range old.Sessions {
		uids[s.UID] = s.UID != ""
	}
	return slices.ContainsFunc(fresh.Sessions, func(s Session) bool { return uids[s.UID] }) || sharesWord(tellingWords(*old), tellingWords(*fresh))
}

// sessionName names a session among those of its event, whatever its time: nth counts those of one name.
func sessionName(e *Event, s *Session, nth map[string]int) string {
	key := "uid\n" + s.UID
	if s.UID == "" {
		key = e.ID + "\n" + string(s.Type) + "\n" + slug(s.Name)
	}
	nth[key]++
	return fmt.Sprintf("%s\n%d", key, nth[key])
}
