package hls

import "slices"

// RenditionKind is the purpose of a rendition. Closed captions have no address and are not renditions here.
type RenditionKind string

// The kinds of renditions.
const (
	Variant   RenditionKind = "variant"
	Audio     RenditionKind = "audio"
	Video     RenditionKind = "video"
	Subtitles RenditionKind = "subtitles"
	IFrame    RenditionKind = "iframe"
	Image     RenditionKind = "image"
)

// Rendition is one media playlist that a multivariant playlist names: by EXT-X-STREAM-INF (a variant), EXT-X-MEDIA,
// EXT-X-I-FRAME-STREAM-INF or EXT-X-IMAGE-STREAM-INF. Absent attributes are zero.
type Rendition struct {
	Kind RenditionKind
	// URI is as written, variables substituted; relative to the playlist's own URL.
	URI string
	// Bandwidth and AverageBandwidth are in bit/s.
	Bandwidth, AverageBandwidth int64
	// Width and Height are in pixels.
	Width, Height int
	// FrameRate is in frames a second.
	FrameRate float64
	// Codecs is the list as written, such as "avc1.64002a,mp4a.40.2".
	Codecs     string
	VideoRange string
	// GroupID is that of an EXT-X-MEDIA tag; AudioGroup, SubtitlesGroup and VideoGroup are those a variant refers to.
	GroupID, AudioGroup, SubtitlesGroup, VideoGroup string
	Language, Name, Channels, Characteristics       string
	// HDCPLevel, AllowedCPC, VideoLayout (REQ-VIDEO-LAYOUT) and SupplementalCodecs limit which players can play a
	// variant; Captions is the group of its closed captions, or NONE.
	HDCPLevel, AllowedCPC, VideoLayout, SupplementalCodecs, Captions string
	// AssocLanguage, InstreamID, SampleRate (in Hz) and BitDepth are those of an EXT-X-MEDIA tag.
	AssocLanguage, InstreamID string
	SampleRate, BitDepth      int64
	// PathwayID is the pathway of content steering; StableID is STABLE-VARIANT-ID or STABLE-RENDITION-ID.
	PathwayID, StableID         string
	Default, Autoselect, Forced bool
}

// Multivariant is a parsed multivariant playlist. It is immutable.
type Multivariant struct {
	// Renditions are in the order of the playlist; a variant counts at its URI line.
	Renditions []Rendition
	// Resources are the EXT-X-SESSION-KEY and EXT-X-SESSION-DATA tags whose URI is fetched, and all unrecognised
	// addresses (Tag is UnrecognisedTag). From is 0.
	Resources []Resource
	// Variables are those that the playlist defines: Env.Import of its media playlists.
	Variables map[string]string
	// Faults describe what is wrong with the playlist and how it is read, one line each. They contain no value of it.
	Faults []string

	inline bool // the address of a variant is an inline playlist
	doc    document
	// spans are the lines of each rendition: its tag, and for a variant everything up to its URI line.
	spans []span
}

// MultivariantNaming appends to dst the address that replaces that of rendition or resource i, and returns the extended
// slice. The renderer adds quotes; an address must contain neither a quote nor a line end.
type MultivariantNaming interface {
	Rendition(dst []byte, i int) []byte
	Resource(dst []byte, i int) []byte
}

// Playable reports whether the playlist lists a variant. Without one there is nothing to play.
func (m *Multivariant) Playable() bool {
	return m.inline || slices.ContainsFunc(m.Renditions, func(r Rendition) bool { return r.Kind == Variant })
}
