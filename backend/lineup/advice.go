package lineup

import (
	"fmt"
	"strings"

	"gridwall/backend/stream"
)

// diagnose returns what is wrong with a stream, and what can be done about it; both are empty if it is ready.
func (l *Lineup) diagnose(st stream.Stream) (problem, advice string) {
	name := st.Title
	if name == "" {
		name = "A feed of " + st.SiteName
	}
	switch {
	case st.Health == nil:
		return name + " could not be checked in time.", "Check again; Sources shows how its source fares."
	case !st.Health.Live:
		return whyDead(name, st.Health.Reason)
	}
	if lacking := l.unplayable(st.Health.Codecs); len(lacking) > 0 {
		return fmt.Sprintf("%s is coded in %s, which the browser here does not play.", name, strings.Join(lacking, " and ")),
			"Choose another feed of it, or open it in mpv or VLC."
	}
	return "", ""
}

// whyDead returns in a sentence why a stream is dead, and advice. reason is the text of backend/extract's check.
func whyDead(name, reason string) (problem, advice string) {
	answered := ""
	for _, part := range strings.Split(reason, ": ") {
		if rest, ok := strings.CutPrefix(part, "answered "); ok {
			answered = rest
		}
	}
	if answered == "" {
		return fmt.Sprintf("%s does not play: %s.", name, strings.TrimSuffix(reason, ".")), "Try its source under Sources: it shows each request."
	}
	switch advice = "Its CDN is in trouble; Gridwall looks again by itself."; {
	case strings.HasPrefix(answered, "401"), strings.HasPrefix(answered, "403"):
		advice = "It refuses the token or the headers: try its source under Sources, or see whether your account still holds."
	case strings.HasPrefix(answered, "404"), strings.HasPrefix(answered, "410"):
		advice = "It may come up with the session; Gridwall looks again by itself."
	case strings.HasPrefix(answered, "429"):
		advice = "It was asked too often: wait a little, or look less often under Settings."
	}
	return fmt.Sprintf("%s does not play: the CDN answers %s.", name, answered), advice
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
