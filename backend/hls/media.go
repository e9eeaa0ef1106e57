package hls

import "time"

// ByteRange is part of a resource. Length < 0: no range, the whole resource (in a Hint: the end is unknown). Offset <
// 0: it continues a range that the playlist does not show (in the first segment of a delta update).
type ByteRange struct {
	Length, Offset int64
}

// Segment is one media segment. Its media sequence number is Media.MSN + Media.Skipped + its index.
type Segment struct {
	// URI is as written, with variables substituted. The renderer keeps a data: URI.
	URI      string
	Duration time.Duration
	Range    ByteRange
	// PDT is the program date time in UTC: explicit, or computed from a neighbour's by durations, never across a
	// discontinuity. Zero if unknown.
	PDT time.Time
	// Discontinuity is the segment's discontinuity sequence number, not counting discontinuities in skipped segments.
	Discontinuity int64
	// Gap is true if the segment is missing upstream (EXT-X-GAP).
	Gap   bool
	Parts []Part
}

// Part is one partial segment.
type Part struct {
	URI              string
	Duration         time.Duration
	Range            ByteRange
	Independent, Gap bool
}

// Resource is a key, a media initialization section, session data, or an asset of a date range.
type Resource struct {
	URI string
	// From is the index of the first segment that it applies to; len(Segments) if none follows yet.
	From int
	// Tag is the tag's name without '#', such as "EXT-X-KEY"; for an asset the attribute's, such as "X-ASSET-URI".
	Tag string
	// Method and KeyFormat are those of a key; no KEYFORMAT is "identity".
	Method, KeyFormat string
	Range             ByteRange
	HasIV             bool
	// ForMap is true if another key of the same KeyFormat replaces this one before any segment: it applies only to the
	// init section between them.
	ForMap bool
}

// HintSegment is the type of a Hint for a whole segment: some vendors' EXT-X-PREFETCH.
const HintSegment = "SEGMENT"

// Hint is an EXT-X-PRELOAD-HINT or an EXT-X-PREFETCH: a resource that a later playlist will list.
type Hint struct {
	// Type is PART, MAP or HintSegment.
	Type string
	URI  string
	// Range.Length < 0: to the end of a resource that is still growing; the offset is valid.
	Range ByteRange
	// Segment is the index that the segment will have (from len(Segments) on), Part the index of the part within it.
	Segment, Part int
}

// Report is an EXT-X-RENDITION-REPORT. LastMSN and LastPart are -1 if absent, which means: the same as in this
// playlist.
type Report struct {
	URI               string
	LastMSN, LastPart int64
}

// Media is a parsed media playlist. It is immutable.
type Media struct {
	// MSN is the media sequence number of the first segment, skipped ones included; DiscontinuitySequence likewise.
	MSN, DiscontinuitySequence int64
	// TargetDuration is EXT-X-TARGETDURATION, or a computed value if it is missing; PartTarget is PART-TARGET, or 0.
	TargetDuration, PartTarget time.Duration
	// End is true if no segment will be added (EXT-X-ENDLIST).
	End bool
	// PlaylistType is "EVENT", "VOD" or "".
	PlaylistType string
	// CanBlock is CAN-BLOCK-RELOAD; CanSkipUntil is CAN-SKIP-UNTIL, or 0: no delta updates.
	CanBlock     bool
	CanSkipUntil time.Duration
	// IFramesOnly is EXT-X-I-FRAMES-ONLY.
	IFramesOnly bool
	// Skipped is SKIPPED-SEGMENTS: the number of segments that a delta update omits before Segments[0].
	Skipped  int64
	Segments []Segment
	// Open are the parts of the incomplete segment: the one that will be Segments[len(Segments)].
	Open []Part
	// Keys and Maps are those whose URI is fetched: not data:, not skd:, not METHOD=NONE.
	Keys, Maps []Resource
	Hints      []Hint
	Reports    []Report
	// Assets are X-ASSET-URI and X-ASSET-LIST of EXT-X-DATERANGE, and all unrecognised addresses (Tag is UnrecognisedTag): in
	// unknown tags and attributes, and in comments.
	Assets []Resource
	// Faults describe what is wrong with the playlist and how it is read, one line each. They contain no value of it.
	Faults []string

	doc   document
	lines mediaLines
}

// MediaNaming appends to dst the address that replaces that of the named thing, and returns the extended slice. The
// indexes are those of Media; in Part, segment is len(Segments) for an open part. The renderer adds quotes; an address
// must contain neither a quote nor a line end. A method can be called more than once for one thing (a repeated key).
type MediaNaming interface {
	Segment(dst []byte, i int) []byte
	Part(dst []byte, segment, part int) []byte
	Key(dst []byte, k int) []byte
	Map(dst []byte, k int) []byte
	Hint(dst []byte, k int) []byte
	Asset(dst []byte, k int) []byte
	// Report names another rendition's playlist; shift is added to LAST-MSN. If ok is false, the line is left out.
	Report(dst []byte, k int) (out []byte, shift int64, ok bool)
}

// Shift renumbers a media playlist. The zero Shift changes nothing but addresses.
type Shift struct {
	// MSN is added to EXT-X-MEDIA-SEQUENCE, which is inserted if absent. Keys whose IV is implied by the media sequence
	// number get the upstream's number as explicit IV, repeated before each segment that they apply to.
	MSN int64
	// Discontinuity is added to EXT-X-DISCONTINUITY-SEQUENCE in the same way.
	Discontinuity int64
	// Breaks are the indexes of segments before which an EXT-X-DISCONTINUITY is inserted unless there is one;
	// len(Segments) is the segment of the open parts. Order and repetitions do not matter.
	Breaks []int
	// Retained are retained segments written before the upstream's own; MSN and Discontinuity count without them.
	Retained Retained
}
