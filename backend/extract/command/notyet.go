package command

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/stream"
)

var (
	// notBegun finds how tools announce a stream that has not begun. What else has not started, or is offline, is a fault.
	notBegun = regexp.MustCompile(`(?i)\bwill (?:begin|start|premiere|be live|go live) (?:soon|shortly|at \d|in ` + span + `)|\b(?:begins|starts|premieres|premiering|live) in ` + span +
		`|\b(?:live ?stream|stream|event|live|broadcast|session|premiere|video) (?:has not|hasn't) (?:yet )?(?:started|begun)\b|\bscheduled (?:for\b|to (?:begin|start|premiere|be live|go live)\b)`)
	// offline finds how tools for streams say that a channel is not on air now.
	offline = regexp.MustCompile(`(?i)\b(?:live ?stream|stream|channel|user|room) (?:(?:is |are )?(?:currently )?offline|(?:is|are) (?:currently )?not (?:currently )?(?:live|online|on air)|(?:isn't|aren't) (?:currently )?(?:live|online|on air))\b`)
	// fault finds what tells of a failure, or speaks of the tool's own parts.
	fault = regexp.MustCompile(`(?i)\b(?:failed|unable|cannot|can't|could ?n[o']t|refused|timed? ?out|no such|browser|proxy|vpn|tunnel|maintenance|retry(?:ing)?|download(?:ing)?)\b`)
	// anyAddress finds an address, whose words say nothing of the stream's state.
	anyAddress = regexp.MustCompile(`(?i)\bhttps?://\S+`)
	// over finds what is past for good, and what only sounds like it.
	over = regexp.MustCompile(`(?i)\b(?:has ended|have ended|was ended|is over|has finished|not available in your|private video|members[- ]only)\b`)
	// amount is one part of "in 2 hours and 5 minutes", moment stands for little.
	amount = regexp.MustCompile(`(?i)\b(\d{1,4}|an?|one) (second|minute|hour|day|week|month)s?\b`)
	moment = regexp.MustCompile(`(?i)\b(?:moments?|shortly|soon)\b`)
)

// span is the time that an announcement names: "2 hours", "about an hour", "a few moments".
const span = `(?:about |around |less than |under |~ ?)?(?:(?:\d+|an?|one|(?:a )?few|several) (?:few )?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|moments?)\b|\d+:\d\d)`

// place is what yt-dlp puts in front of its words: the site and the video.
var place = regexp.MustCompile(`^\[[^\]]+\] [^\s:]+: `)

// units are the lengths of what tools count in; a month is one of 30 days, for nobody waits that closely.
var units = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour,
}

// aMoment is what "in a few moments" comes to.
const aMoment = time.Minute

// maxLines is how many of a tool's last lines are looked through for its state.
const maxLines = 20

// notYet is the state of a run that found nothing because nothing has begun, in the tool's own words; nil for any other.
func (t *tool) notYet(r result, read reading) error {
	if read.upcoming {
		return t.waits("not begun yet", read.begins)
	}
	out := r.out
	if read.parsed {
		out = nil // a description in it says nothing of the run
	}
	for _, words := range [][]byte{[]byte(read.said), r.errTail, out} {
		lines := bytes.FieldsFunc(words, func(r rune) bool { return r == '\n' || r == '\r' })
		for i := len(lines) - 1; i >= max(0, len(lines)-maxLines); i-- {
			if len(lines[i]) > 4*maxWords || isJSONLine(lines[i]) {
				continue
			}
			line := place.ReplaceAllString(t.words(string(lines[i])), "")
			if !t.announces(anyAddress.ReplaceAllString(line, "")) {
				continue
			}
			return t.waits(line, beginsIn(line, time.Now()))
		}
	}
	return nil
}

// announces reports whether a line says that a stream has not begun. Only tools for streams mean one by "offline".
func (t *tool) announces(line string) bool {
	if over.MatchString(line) || fault.MatchString(line) {
		return false
	}
	return notBegun.MatchString(line) || (t.src.Format == "yt-dlp" || t.src.Format == "streamlink") && offline.MatchString(line)
}

func (t *tool) waits(text string, at time.Time) error {
	return fmt.Errorf("%s: %w", t.name, &stream.NotYetError{At: at, Text: text})
}

// beginsIn is when a stream begins that begins "in 2 hours and 5 minutes"; zero where the words do not say.
func beginsIn(words string, now time.Time) (at time.Time) {
	_, words, ok := strings.Cut(words, " in ")
	if !ok {
		if moment.MatchString(words) {
			return now.Add(aMoment).UTC().Truncate(time.Second)
		}
		return at
	}
	total := time.Duration(0)
	for _, m := range amount.FindAllStringSubmatch(words, 4) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1 // an hour
		}
		total += time.Duration(n) * units[strings.ToLower(m[2])]
	}
	if total == 0 && moment.MatchString(words) {
		total = aMoment
	}
	if total == 0 {
		return at
	}
	return now.Add(total).UTC().Truncate(time.Second)
}

// begins is when an upcoming video begins, as yt-dlp describes it; ok is false for any other.
func (v *video) begins() (at time.Time, ok bool) {
	if v.LiveStatus != "is_upcoming" && !v.IsUpcoming {
		return at, false
	}
	seconds, _ := cmp.Or(v.ReleaseTimestamp, v.Timestamp).(float64)
	if seconds > 0 && seconds < 1e11 {
		at = time.Unix(int64(seconds), 0).UTC()
	}
	return at, true
}
