package proxy

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/timeline"
)

const (
	// maxAhead is how many segments beyond the newest one a blocking request may ask for; maxAheadParts is the same for partial
	// segments, of which more are allowed if they are short (RFC 8216bis 6.2.5.2). The upstream would have to block for all
	// those in between.
	maxAhead      = 2
	maxAheadParts = 3
	// maxTarget bounds the target duration from which the wait for a blocking upstream is computed: the upstream controls it.
	maxTarget = time.Minute
)

var errTooFar = &fetch.Failure{Status: http.StatusBadRequest, Code: "too_far_ahead",
	Message: "_HLS_msn and _HLS_part ask for more than this playlist announces (RFC 8216bis, section 6.2.5.2); reload it without them"}

// errBehind is the answer to a blocking request that the upstream has rejected as too far ahead, although its last playlist
// allowed it: another of the upstream's servers, which lags, has answered.
var errBehind = &fetch.Failure{Status: http.StatusServiceUnavailable, Code: "upstream_behind",
	Message: "the upstream's playlist lags behind an earlier one; try again in a moment", Retry: time.Second}

// blocking is the segment that a blocking playlist reload waits for, in the player's numbers. part is negative for a whole
// segment.
type blocking struct {
	msn  int64
	part int
}

// blockingOf reads the delivery directives of a blocking reload; ok is false if there are none. A part without a segment, or
// a value that is not a number, counts as too far ahead of any playlist.
func blockingOf(q url.Values) (b blocking, ok bool) {
	if !q.Has("_HLS_msn") && !q.Has("_HLS_part") {
		return b, false
	}
	never := blocking{msn: maxNumber}
	msn, ok := number(q.Get("_HLS_msn"))
	if !ok {
		return never, true
	}
	b = blocking{msn: msn, part: -1}
	if q.Has("_HLS_part") {
		part, ok := number(q.Get("_HLS_part"))
		if !ok || part > maxPart {
			return never, true
		}
		b.part = int(part)
	}
	return b, true
}

// maxPart bounds the number of a partial segment, as in an address.
const maxPart = 1 << 20

// tooFar reports whether b is further ahead of s than a server has to accept. It is false if s is complete, or if the upstream
// does not block: directives then returns "".
func (b blocking) tooFar(s *timeline.Snapshot) bool {
	if s.Over() || !s.Media.CanBlock {
		return false
	}
	newest := s.Last()
	if msn, ok := s.Anchor(); ok { // players have seen this one, even if the edge now lags
		newest = max(newest, msn)
	}
	if b.msn > newest+maxAhead {
		return true
	}
	if b.part < 0 || b.msn <= newest {
		return false
	}
	ahead := int64(maxAheadParts)
	if t := s.Media.PartTarget; t > 0 && t < time.Second {
		ahead = max(ahead, int64(3*time.Second/t)) // three seconds of partial segments
	}
	have := 0
	if b.msn == s.Last()+1 {
		have = len(s.Media.Open)
	}
	return int64(b.part) >= int64(have)+ahead
}

// directives returns the query for b in the upstream's numbers, and how long the upstream may take. The query is "" if the
// upstream does not block or s already has the segment. A request to skip is not passed on, because the timeline needs the
// whole playlist; Gridwall creates the delta update itself (hls.Media.RenderDelta).
func (b blocking) directives(s *timeline.Snapshot, plain time.Duration) (string, time.Duration) {
	if !s.Media.CanBlock || s.Over() || b.msn <= s.Last() || b.part >= 0 && b.part < len(s.Parts(b.msn)) {
		return "", plain
	}
	d := "_HLS_msn=" + strconv.FormatInt(b.msn-s.Shift(), 10)
	if b.part >= 0 {
		d += "&_HLS_part=" + strconv.Itoa(b.part)
	}
	return d, 3*min(s.Media.TargetDuration, maxTarget) + plain
}
