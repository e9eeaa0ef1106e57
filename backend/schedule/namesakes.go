package schedule

import (
	"cmp"
	"slices"
	"time"

	"gridwall/backend/season"
)

const (
	// maxNamesakes limits the events of one name in one season that are compared with each other. It allows for one a week in
	// two readings; beyond that, only events that begin at the same time are matched.
	maxNamesakes = 150
	// maxNearby limits the events of one week that are compared with a renamed one.
	maxNearby = 50
)

// namesakes matches the events that have one name in one season. If only one event on each side has the name, they are the same
// however far it was moved. Several differ only in their dates, so only near ones match: a calendar may list the next
// five weekends under one title, and its next reading drops the first and adds another.
func (k *idKeeper) namesakes() {
	type sides struct{ old, fresh []int }
	byName := map[string]*sides{}
	of := func(e *season.Event) *sides {
		key := namesake(e)
		if byName[key] == nil {
			byName[key] = &sides{}
		}
		return byName[key]
	}
	var order []*sides
	for i := range k.fresh {
		s := of(&k.fresh[i])
		if s.fresh = append(s.fresh, i); len(s.fresh) == 1 {
			order = append(order, s)
		}
	}
	for j := range k.old {
		s := of(&k.old[j])
		s.old = append(s.old, j)
	}
	for _, s := range order {
		switch {
		case len(s.old) == 0:
		case len(s.old) == 1 && len(s.fresh) == 1:
			if k.alone(s.old[0], s.fresh[0]) {
				k.take(s.old[0], s.fresh[0])
			}
		case k.byRounds(s.old, s.fresh):
		case max(len(s.old), len(s.fresh)) > maxNamesakes:
			k.byStarts(s.old, s.fresh)
		default:
			k.byDates(s.old, s.fresh)
		}
	}
}

// alone reports whether two events with an otherwise unused name are the same. This is uncertain only for calendars without
// rounds: some list just the next race, under a fixed title.
func (k *idKeeper) alone(old, fresh int) bool {
	a, b := &k.old[old], &k.fresh[fresh]
	switch {
	case k.pair(old, fresh).gap <= season.EventSpan, a.Round > 0 || b.Round > 0, k.sharesUID(old, fresh):
		return true
	case !season.NamesMoreThanSeries(b):
		return false
	}
	return k.couldMove(old, fresh)
}

// couldMove reports whether an old event may have been moved to the date of a fresh one: an event that has taken place is not
// postponed.
func (k *idKeeper) couldMove(old, fresh int) bool {
	return k.freshTraits[fresh].begins.Before(k.now) || !k.oldTraits[old].over
}

// isOver reports whether all sessions of an event have ended.
func isOver(e *season.Event, now time.Time) bool {
	return !slices.ContainsFunc(e.Sessions, func(s season.Session) bool { return s.StatusAt(now) != season.Past && s.Status != season.Cancelled })
}

// byRounds matches namesakes by their rounds if both readings count the same ones. It reports whether they do.
func (k *idKeeper) byRounds(old, fresh []int) bool {
	rounds := map[int]int{}
	for _, j := range old {
		if j < k.listed {
			rounds[k.old[j].Round] = j
		}
	}
	if len(rounds) != len(fresh) {
		return false
	}
	seen := map[int]bool{}
	for _, i := range fresh {
		if _, known := rounds[k.fresh[i].Round]; !known || k.fresh[i].Round <= 0 {
			return false
		}
		seen[k.fresh[i].Round] = true
	}
	if len(seen) != len(fresh) {
		return false
	}
	for _, i := range fresh {
		k.take(rounds[k.fresh[i].Round], i)
	}
	return true
}

// byStarts matches namesakes that begin at the same time.
func (k *idKeeper) byStarts(old, fresh []int) {
	at := map[int64]int{}
	for _, j := range slices.Backward(old) {
		at[k.oldTraits[j].begins.Unix()] = j
	}
	for _, i := range fresh {
		if j, ok := at[k.freshTraits[i].begins.Unix()]; ok {
			k.take(j, i)
		}
	}
}

// byDates matches namesakes by their dates, the nearest first, and never two pairs across each other. How far apart a pair may
// be depends on the distance between namesakes: less than half of it, and less than season.EventSpan. If both readings have the
// same number of them, a third of it is enough; if sessions share a UID, the whole distance is allowed. An event that has taken
// place is moved by no more than season.EventSpan.
func (k *idKeeper) byDates(old, fresh []int) {
	slices.SortStableFunc(old, func(a, b int) int { return k.oldTraits[a].begins.Compare(k.oldTraits[b].begins) })
	slices.SortStableFunc(fresh, func(a, b int) int { return k.freshTraits[a].begins.Compare(k.freshTraits[b].begins) })
	listed := 0
	for _, j := range old {
		if j < k.listed {
			listed++
		}
	}
	type placed struct {
		pair
		x, y int // among the namesakes
	}
	var pairs []placed
	for x, j := range old {
		for y, i := range fresh {
			p := k.pair(j, i)
			apart := min(nearestTo(k.oldTraits, old, x), nearestTo(k.freshTraits, fresh, y))
			near := p.gap == 0 || p.gap <= season.EventSpan && p.gap <= apart/2
			alike := listed > 1 && listed == len(fresh) && p.gap <= apart/3
			if near || (alike || p.gap < apart && k.sharesUID(j, i)) && k.couldMove(j, i) {
				pairs = append(pairs, placed{p, x, y})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b placed) int { return cmp.Compare(a.gap, b.gap) })
	var done []placed
	for _, p := range pairs {
		crosses := slices.ContainsFunc(done, func(d placed) bool { return (d.x < p.x) != (d.y < p.y) })
		if !crosses && k.take(p.old, p.fresh) {
			done = append(done, p)
		}
	}
}

// nearestTo returns the distance, by date, from the namesake at n to the next one.
func nearestTo(events []traits, namesakes []int, n int) time.Duration {
	const never = 1 << 62
	least := time.Duration(never)
	for _, other := range []int{n - 1, n + 1} {
		if other >= 0 && other < len(namesakes) {
			least = min(least, events[namesakes[n]].begins.Sub(events[namesakes[other]].begins).Abs())
		}
	}
	return least
}
