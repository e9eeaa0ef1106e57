package refresh

import (
	"slices"
	"time"
)

const (
	// minLesson is the age below which a refusal teaches nothing: the token was never good, or the clock runs wrong.
	minLesson = 3 * time.Second
	// keptLessons is how many ages at refusal are kept a host.
	keptLessons = 8
	// maxHosts bounds the hosts of which something is learned; from then on no new one is.
	maxHosts = 1000
	// countedLessons is how many of them, the newest, are asked. The smallest counts: a token renewed too early costs
	// a run, one renewed too late costs the viewer a wait.
	countedLessons = 5
	// doubtAfter is how many renewals in a row that only a learned life called for are made before a life half as long
	// again is tried. Renewing ahead of refusals, one would never see that a lesson was an accident.
	doubtAfter = 50
)

// life is what was learned of a host's opaque tokens.
type life struct {
	Ages []time.Duration `json:"ages"` // in nanoseconds, the newest last
	// ahead counts renewals in a row that only this life called for.
	ahead int
}

// learn adds an age at which a token was refused.
func (l *life) learn(age time.Duration) {
	l.Ages = append(l.Ages, age)
	if n := len(l.Ages); n > keptLessons {
		l.Ages = slices.Delete(l.Ages, 0, n-keptLessons)
	}
	l.ahead = 0
}

// counted returns the ages that are asked.
func (l *life) counted() []time.Duration {
	return l.Ages[max(0, len(l.Ages)-countedLessons):]
}

// expected returns how long a token of the host is good for; 0 is "not known".
func (l *life) expected() time.Duration {
	if l == nil || len(l.Ages) == 0 {
		return 0
	}
	return slices.Min(l.counted())
}

// doubt notes a renewal that only the learned life called for, and tells whether the life has changed by it.
func (l *life) doubt() bool {
	if l.ahead++; l.ahead < doubtAfter {
		return false
	}
	l.ahead = 0
	ages := l.counted()
	i := slices.Index(ages, slices.Min(ages))
	ages[i] += ages[i] / 2
	return true
}

// teaches tells whether a refusal with this HTTP status can mean that a token has ended: 404 is too often something
// else, 200 is a web page where media was asked for.
func teaches(status int) bool {
	return status == 401 || status == 403 || status == 410 || status == 200
}
