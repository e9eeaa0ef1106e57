package lineup

import (
	"fmt"
	"strings"

	"gridwall/backend/stream"
)

// diagnose returns what is wrong with a stream, and what to do about it, as sentences; both are empty if it is ready.
func (l *Lineup) diagnose(st stream.Stream) (problem, advice string) {
	name := st.Title
	if name == "" {
		name = "A feed of " + st.SiteName
	}
	switch {
	case st.Health == nil:
		return name + " could not be checked in time.", "Check again, or see its source under Sources."
	case !st.Health.Live:
		return whyOffline(name, st.Health.Reason)
	}
	if missing := l.unplayable(st.Health.Codecs); len(missing) > 0 {
		return fmt.Sprintf("%s is encoded in %s, which this browser does not play.", name, strings.Join(missing, " and ")),
			"Choose another feed, or open it in mpv or VLC."
	}
	return "", ""
}

// whyOffline returns in a sentence why a stream is offline, and advice. reason is stream.Health.Reason.
func whyOffline(name, reason string) (problem, advice string) {
	answered := ""
	for _, part := range strings.Split(reason, ": ") {
		if rest, ok := strings.CutPrefix(part, "answered "); ok {
			answered = rest
		}
	}
	if answered == "" {
		return fmt.Sprintf("%s does not play: %s.", name, strings.TrimSuffix(reason, ".")), "Try its source under Sources: it shows each request."
	}
	switch advice = "Its CDN has a problem; Gridwall will check again by itself."; {
	case strings.HasPrefix(answered, "401"), strings.HasPrefix(answered, "403"):
		advice = "It refuses the token or the headers: try its source under Sources, or check whether your account is still valid."
	case strings.HasPrefix(answered, "404"), strings.HasPrefix(answered, "410"):
		advice = "It may start with the session; Gridwall will check again by itself."
	case strings.HasPrefix(answered, "429"):
		advice = "It received too many requests: wait a little, or check less often under Settings."
	}
	return fmt.Sprintf("%s does not play: the CDN responded with %s.", name, answered), advice
}

// verdict returns a result in a few words.
func verdict(ready, feeds int) string {
	word := "feeds"
	if feeds == 1 {
		word = "feed"
	}
	switch {
	case feeds == 0:
		return "no feed is listed"
	case ready == feeds:
		return fmt.Sprintf("%d %s ready", ready, word)
	case ready == 0:
		return fmt.Sprintf("none of %d %s ready", feeds, word)
	}
	return fmt.Sprintf("%d of %d %s ready", ready, feeds, word)
}
