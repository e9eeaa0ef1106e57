package hls

import "time"

// ByteRange is a part of a resource. Length < 0: none, the whole resource is meant (for a Hint: the end is unknown).
// Offset < 0: the range continues one that the playlist does not show (the first segment of a delta update).
type ByteRange struct {
	Length, Offset int64
}

// Segment is one media segment. Its media sequence number is Media.MSN + Media.Skipped + its index.
type Segment struct {
	// URI is as written, variables substituted. A data: address is kept by the renderer.
	URI      string
	Duration time.Duration
	Range    ByteRange
	// PDT is the program date time in UTC: explicit, or carried on (and back) from another segment's by durations,
	// never across a discontinuity. Zero: unknown.
	PDT time.Time
	// Discontinuity is the segment's discontinuity sequence number. Discontinuities within skipped segments do not count.
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
	// From is the index of the segment from which it governs; len(Segments) when none follows yet.
	From int
	// Tag is the tag's name without '#', such as "EXT-X-KEY"; for an asset the attribute's, such as "X-ASSET-URI".
	Tag string
	// Method and KeyFormat are those of a key; no KEYFORMAT is "identity".
	Method, KeyFormat string
	Range             ByteRange
	HasIV             bool
	// ForMap is true where another key of the same KeyFormat takes the place of this one before any segment: it governs the
	// init section between them alone.
	ForMap bool
}

// HintSegment is the type of a Hint that announces a whole segment: EXT-X-PREFETCH of some vendors.
const HintSegment = "SEGMENT"

// Hint is an EXT-X-PRELOAD-HINT, or an EXT-X-PREFETCH: what a later playlist will list.
type Hint struct {
	// Type is PART, MAP or HintSegment.
	Type string
	URI  string
	// Range.Length < 0: to the end of a resource that is still growing; the offset holds all the same.
	Range ByteRange
	// Segment is the index that the segment will have (from len(Segments) on), Part the number of the part within it.
	Segment, Part int
}

// Report is an EXT-X-RENDITION-REPORT. LastMSN and LastPart are -1 where the tag leaves them out, which means: the
// same as this playlist's own.
type Report struct {
	URI               string
	LastMSN, LastPart int64
}

// Media is a parsed media playlist. It is immutable.
type Media struct {
	// MSN is that of the first segment, skipped ones included; DiscontinuitySequence likewise.
	MSN, DiscontinuitySequence int64
	// TargetDuration is EXT-X-TARGETDURATION, or what takes its place where it is missing; PartTarget is PART-TARGET, 0: absent.
	TargetDuration, PartTarget time.Duration
	// End is true if no segment will be added (EXT-X-ENDLIST).
	End bool
	// PlaylistType is "EVENT", "VOD" or "".
	PlaylistType string
	// CanBlock is CAN-BLOCK-RELOAD; CanSkipUntil is CAN-SKIP-UNTIL, 0: no delta updates.
	CanBlock     bool
	CanSkipUntil time.Duration
	// IFramesOnly is EXT-X-I-FRAMES-ONLY.
	IFramesOnly bool
	// Skipped is SKIPPED-SEGMENTS: how many segments a delta update leaves out before Segments[0].
	Skipped  int64
	Segments []Segment
	// Open are the parts of the segment that is not complete: the one that will be Segments[len(Segments)].
	Open []Part
	// Keys and Maps are those whose URI is to be fetched: not data:, not skd:, not METHOD=NONE.
	Keys, Maps []Resource
	Hints      []Hint
	Reports    []Report
	// Assets are X-ASSET-URI and X-ASSET-LIST of EXT-X-DATERANGE, and all addresses that stand where this package knows
	// none (Tag is StrayTag then): in tags and attributes that it does not know, and in comments.
	Assets []Resource
	// Faults say what is wrong with the playlist and how it is read all the same, one line each. They hold no value of it.
	Faults []string

	doc   document
	lines mediaLines
}

// MediaNaming appends to dst the address that takes the place of the named thing's, and returns the longer slice. The
// indexes are those of Media; for Part, segment is len(Segments) for an open part. The renderer adds quotes; an address
// must hold neither a quote nor a line end. A hook can be called more than once for one thing (a repeated key).
type MediaNaming interface {
	Segment(dst []byte, i int) []byte
	Part(dst []byte, segment, part int) []byte
	Key(dst []byte, k int) []byte
	Map(dst []byte, k int) []byte
	Hint(dst []byte, k int) []byte
	Asset(dst []byte, k int) []byte
	// Report names another rendition's playlist; shift is added to LAST-MSN. Not ok: the line is left out.
	Report(dst []byte, k int) (out []byte, shift int64, ok bool)
}

// Shift renumbers a media playlist. The zero Shift changes nothing but addresses.
type Shift struct {
	// MSN is added to EXT-X-MEDIA-SEQUENCE, which is inserted where it is absent. Keys whose IV is implied by the media
	// sequence number get upstream's number as explicit IV, repeated before each segment that they govern.
	MSN int64
	// Discontinuity is added to EXT-X-DISCONTINUITY-SEQUENCE in the same way.
	Discontinuity int64
	// Breaks are the indexes of segments before which an EXT-X-DISCONTINUITY is inserted, where none stands already;
	// len(Segments) is the segment of the open parts. Order and repetitions do not matter.
	Breaks []int
	// Lead are segments that stand before the upstream's own; MSN and Discontinuity count without them.
	Lead Lead
}
