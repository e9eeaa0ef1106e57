package refresh

import (
	"slices"
	"time"
)

const (
	// minSample is the age below which a refusal is not a sample: the token was never valid, or the clock is wrong.
	minSample = 3 * time.Second
	// keptSamples is how many ages at refusal are kept for each host.
	keptSamples = 8
	// maxHosts bounds the hosts with samples; further hosts get none.
	maxHosts = 1000
	// countedSamples is how many of the newest samples count. The smallest of them is the expected lifetime: a token
	// renewed too early costs a run, one renewed too late costs the viewer a wait.
	countedSamples = 5
	// stretchAfter is how many consecutive renewals must have had the observed lifetime as their only reason before the smallest
	// sample is lengthened by half. As the manager renews ahead of refusals, it would never notice that the sample was an
	// accident.
	stretchAfter = 50
)

// lifetimes are the observed lifetimes of a host's opaque tokens.
type lifetimes struct {
	Ages []time.Duration `json:"ages"` // at refusal, in nanoseconds, the newest last
	// ahead counts the consecutive renewals whose only reason were these samples.
	ahead int
}

// add adds the age at which a token was refused.
func (l *lifetimes) add(age time.Duration) {
	l.Ages = append(l.Ages, age)
	if n := len(l.Ages); n > keptSamples {
		l.Ages = slices.Delete(l.Ages, 0, n-keptSamples)
	}
	l.ahead = 0
}

// counted returns the samples that count.
func (l *lifetimes) counted() []time.Duration {
	return l.Ages[max(0, len(l.Ages)-countedSamples):]
}

// expected returns how long a token of the host is valid; 0 if there is no sample.
func (l *lifetimes) expected() time.Duration {
	if l == nil || len(l.Ages) == 0 {
		return 0
	}
	return slices.Min(l.counted())
}

// renewedAhead counts a renewal whose only reason were the samples, and reports whether it changed a sample.
func (l *lifetimes) renewedAhead() bool {
	if l.ahead++; l.ahead < stretchAfter {
		return false
	}
	l.ahead = 0
	ages := l.counted()
	i := slices.Index(ages, slices.Min(ages))
	ages[i] += ages[i] / 2
	return true
}

// saysExpired reports whether a refusal with this HTTP status can mean that the token has expired. 404 has too many other
// causes; 200 is a web page instead of media.
func saysExpired(status int) bool {
	return status == 401 || status == 403 || status == 410 || status == 200
}
