package hls

import "slices"

// RenditionKind says what a rendition is for. Closed captions have no address and so are not renditions here.
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
	// HDCPLevel, AllowedCPC, VideoLayout (REQ-VIDEO-LAYOUT) and SupplementalCodecs say which players may and can play a
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
	// Renditions stand in the order of the playlist; a variant stands where its URI line does.
	Renditions []Rendition
	// Resources are the EXT-X-SESSION-KEY and EXT-X-SESSION-DATA tags whose URI is to be fetched, and all addresses that
	// stand where this package knows none (Tag is StrayTag then). From is 0.
	Resources []Resource
	// Variables are those that the playlist defines: Env.Import for its media playlists.
	Variables map[string]string
	// Faults say what is wrong with the playlist and how it is read all the same, one line each. They hold no value of it.
	Faults []string

	inline bool // the address of a variant is its playlist
	doc    document
	// spans are the lines of each rendition: its tag, and for a variant what lies between it and its URI line.
	spans []span
}

// MultivariantNaming appends to dst the address that takes the place of the i-th rendition's or resource's, and returns
// the longer slice. The renderer adds quotes; an address must hold neither a quote nor a line end.
type MultivariantNaming interface {
	Rendition(dst []byte, i int) []byte
	Resource(dst []byte, i int) []byte
}

// Playable reports whether the playlist lists a variant. Without one there is nothing to play, whatever else it lists.
func (m *Multivariant) Playable() bool {
	return m.inline || slices.ContainsFunc(m.Renditions, func(r Rendition) bool { return r.Kind == Variant })
}
