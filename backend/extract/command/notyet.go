package command

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"gridwall/backend/stream"
)

const (
	// subject is what is announced.
	subject = `(?:live ?streams?|streams?|event|live|broadcast|session|premiere|video|race|show|programme?|episode|content|match|game|ride|space|webinar|concert|feed|channel|user|room|streamer|broadcaster|model|lives?)`
	// when is a future time.
	when = `(?:in ` + span + `|` + span + ` from now|at (?:\d{1,2}[:.]\d\d|\d{1,2} ?[ap]\.?m\b|\d{4}-\d)|(?:on |at )?(?:\d{4}-\d\d?-\d|\d{1,2}\.\d{1,2}\.\d{4}|` + month + ` \d|\d{1,2}(?:st|nd|rd|th)? (?:of )?` + month + `|` + week + `\b)|later (?:today|tonight)\b)`
	// begin is a verb of what begins.
	begin = `(?:begin|start|kick off|get under ?way|premiere|be live|go live|air|open|be (?:available|broadcast|streamed|online|back))`
)

var (
	// notBegun matches announcements of a stream that has not begun, as tools and sites word them. If anything else has not
	// started, or is offline, that is an error.
	notBegun = regexp.MustCompile(`(?i)\bwill ` + begin + ` (?:soon|shortly|momentarily|at \d|` + when + `)` +
		`|\b(?:begins|starts|kicks off|gets under ?way|premieres?|premiering|live|airs|goes live|doors open|tune in|join us|starting|beginning|available|opens|returns|back|online)(?: again)?:? (?:from )?` + when +
		`|\b(?:premiere|` + subject + `) (?:will )?` + begin + `s? (?:soon|shortly|momentarily)\b|\b(?:coming|starting|starts|begins|live) (?:soon|shortly)\b` +
		`|(?:^|\b` + subject + ` (?:is |has |are )?)(?:just |now )?(?:about|yet) to ` + begin + `\b|\b(?:due|expected|set|planned|slated|supposed|going) to ` + begin + ` (?:soon|shortly|` + when + `)` +
		`|\b` + span + `\S* (?:to go )?(?:before|until) (?:the )?(?:` + subject + ` (?:starts|begins|opens|goes live)|(?:start|beginning) of)\b|\bcountdown:? ` + span +
		`|\b(?:start(?:ing)?|begin(?:ning)?|scheduled|premiere|broadcast|release)(?: start)? (?:time|date):? (?:is )?` + when +
		`|\b` + subject + ` (?:(?:has|have|is|did)(?: not|n't)|not)(?: yet)? (?:been )?(?:started|begun|start|begin|aired|premiered|gone live)\b` +
		`|\bnot yet (?:live|aired|available|online|released|published|on air|streaming|broadcasting|premiered)\b|(?:\bnot|n't) (?:live|aired|available|online|released|published|on air) yet\b` +
		`|^(?:not started|not begun|not yet started)\b` +
		`|^(?:this |the )?upcoming\b|\bis (?:an? )?upcoming\b|\bis_upcoming\b|\bupcoming ` + subject + `\b` +
		`|\bscheduled (?:for\b|to ` + begin + `|` + when + `)|\b(?:still|left|remaining)\b.{0,60}\b(?:before|until) the ` + subject + ` (?:starts|begins)\b` +
		`|\bwaiting for the ` + subject + ` to (?:start|begin)\b`)
	// offline matches messages of stream tools that a channel is not on air.
	offline = regexp.MustCompile(`(?i)\b` + subject + ` (?:(?:is|are|appears to be|seems to be|might be|may be) )?(?:currently |now |presently )?(?:offline|off[- ]?air)\b` +
		`|\b(?:` + subject + `|currently|presently) (?:(?:is|are)(?: currently| presently)? ?)?(?:not|n't) (?:currently |presently |yet )?(?:live|online|on air|streaming|broadcasting)\b` +
		`|\b` + subject + ` (?:isn't|aren't) (?:currently )?(?:live|online|on air|streaming|broadcasting)\b` +
		`|\bno (?:live ?stream|stream|broadcast|live (?:stream|event|broadcast|show)) (?:is )?(?:currently|right now|now|at the moment|at this time)\b` +
		`|(?:\bnot|n't) (?:currently )?(?:live|online|on air|streaming|broadcasting)(?: right now| now| currently| at the moment| at this time)\b` +
		`|^(?:currently |now )?(?:offline|not live|off[- ]?air)(?: right now| now| currently| at the moment)?[.!]?$` +
		`|^@?[\w.-]{2,40} is (?:currently )?(?:offline|not (?:currently )?(?:live|online|streaming))(?: right now| now| at the moment)?[.!]?$`)
	// machines matches things that are broken if they are offline.
	machines = regexp.MustCompile(`(?i)\b(?:servers?|hosts?|web ?sites?|sites?|services?|api|network|internet|database|node|cdn|origin|backend|machine|computer|router|dns|device|system)\b`)
	// fault matches failures, and mentions of the tool's own parts.
	fault = regexp.MustCompile(`(?i)\b(?:failed|unable|cannot|can't|could ?n[o']t|refused|timed? ?out|no such|browser|proxy|vpn|tunnel|maintenance|retry(?:ing)?|download(?:ing)?)\b`)
	// anyAddress matches a URL: the words in it do not describe the stream's state.
	anyAddress = regexp.MustCompile(`(?i)\bhttps?://\S+`)
	// notUpcoming matches streams that have ended or are restricted, whatever else their message says.
	notUpcoming = regexp.MustCompile(`(?i)\b(?:has ended|have ended|was ended|is over|has finished|no longer|not available in your|your (?:country|region|territory|location|area)|private video|members[- ]only)\b`)
)

// ytdlpPrefix matches yt-dlp's prefix of a message: the site and the video.
var ytdlpPrefix = regexp.MustCompile(`^\[[^\]]+\] [^\s:]+: `)

// logPrefix matches Streamlink's prefix of a log line.
var logPrefix = regexp.MustCompile(`^(?:\[[\w.:-]+\] ?)+`)

// maxLines is how many of a tool's last lines are searched for an announcement.
const maxLines = 20

// notYet returns a *stream.NotYetError with the tool's own words if the run found nothing because the stream has not
// begun, otherwise nil.
func (t *tool) notYet(r result, read reading) error {
	if read.upcoming {
		return t.notYetError("not begun yet", read.begins)
	}
	out := r.out
	if read.parsed {
		out = nil // descriptions in it are not about the run
	}
	for _, words := range [][]byte{[]byte(read.toolError), r.errTail, out} {
		lines := bytes.FieldsFunc(words, func(r rune) bool { return r == '\n' || r == '\r' })
		for i := len(lines) - 1; i >= max(0, len(lines)-maxLines); i-- {
			if len(lines[i]) > 4*maxMessage || isJSONLine(lines[i]) {
				continue
			}
			line := ytdlpPrefix.ReplaceAllString(t.message(string(lines[i])), "")
			if !t.announces(anyAddress.ReplaceAllString(line, "")) {
				continue
			}
			return t.notYetError(line, beginsIn(line, time.Now()))
		}
	}
	return nil
}

// announces reports whether a line says that a stream has not begun. "offline" means that only in stream tools.
func (t *tool) announces(line string) bool {
	line = strings.TrimSpace(logPrefix.ReplaceAllString(line, ""))
	if notUpcoming.MatchString(line) || fault.MatchString(line) {
		return false
	}
	return notBegun.MatchString(line) || (t.src.Format == "yt-dlp" || t.src.Format == "streamlink") && offline.MatchString(line) && !machines.MatchString(line)
}

func (t *tool) notYetError(text string, at time.Time) error {
	return fmt.Errorf("%s: %w", t.name, &stream.NotYetError{At: at, Text: text})
}

// begins returns when an upcoming video begins, as yt-dlp describes it; ok is false for any other.
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
