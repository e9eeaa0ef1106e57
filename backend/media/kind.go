package media

// Kind is what an answer is, going by its bytes.
type Kind int

// The kinds.
const (
	// Unknown are bytes of no known form. Encrypted segments look like this, so they are never refused.
	Unknown Kind = iota
	// Empty is nothing, or white space alone.
	Empty

	// Playlist is an HLS playlist; BarePlaylist has its tags, but not the #EXTM3U that must stand before them.
	Playlist
	BarePlaylist

	TS
	MP4  // ISO boxes: fragments, init sections, whole files
	ID3  // packed audio behind an ID3 tag, of a form that does not show
	ADTS // AAC
	MP3
	AC3
	EAC3
	FLAC
	Ogg
	FLV
	Matroska
	ASF
	WAV
	PS // MPEG program stream

	WebVTT
	SRT // SubRip
	TTML

	PNG
	JPEG
	GIF
	BMP
	WebP
	AVIF

	DASH
	Smooth
	HTML
	XML
	JSON
	// Text is a short text: a sentence instead of what was asked for. LongText is one that goes on beyond HeadLen.
	Text
	LongText
	Gzip

	kinds // how many there are
)

// facts are what is fixed of a kind. Subtitles other than WebVTT have no type of their own: that of TTML would be one of
// documents.
var facts = [kinds]struct {
	name string // goes on after "answered"
	mime string // "" where the bytes do not tell
}{
	Unknown:      {"bytes of no known form", ""},
	Empty:        {"nothing", ""},
	Playlist:     {"an HLS playlist", "application/vnd.apple.mpegurl"},
	BarePlaylist: {"a playlist without #EXTM3U", ""},
	TS:           {"MPEG-TS", "video/mp2t"},
	MP4:          {"MP4", "video/mp4"},
	ID3:          {"packed audio", "audio/aac"},
	ADTS:         {"AAC audio", "audio/aac"},
	MP3:          {"MP3 audio", "audio/mpeg"},
	AC3:          {"AC-3 audio", "audio/ac3"},
	EAC3:         {"E-AC-3 audio", "audio/eac3"},
	FLAC:         {"FLAC audio", "audio/flac"},
	Ogg:          {"Ogg", "application/ogg"},
	FLV:          {"Flash video (FLV)", "video/x-flv"},
	Matroska:     {"Matroska or WebM", "video/webm"},
	ASF:          {"Windows Media", "video/x-ms-asf"},
	WAV:          {"WAVE audio", "audio/wav"},
	PS:           {"an MPEG program stream", "video/mp2p"},
	WebVTT:       {"WebVTT subtitles", "text/vtt"},
	SRT:          {"SubRip subtitles", "application/octet-stream"},
	TTML:         {"TTML subtitles", "application/octet-stream"},
	PNG:          {"a PNG picture", "image/png"},
	JPEG:         {"a JPEG picture", "image/jpeg"},
	GIF:          {"a GIF picture", "image/gif"},
	BMP:          {"a BMP picture", "image/bmp"},
	WebP:         {"a WebP picture", "image/webp"},
	AVIF:         {"an AVIF picture", "image/avif"},
	DASH:         {"a DASH manifest (MPD)", ""},
	Smooth:       {"a Smooth Streaming manifest", ""},
	HTML:         {"a web page", ""},
	XML:          {"XML", ""},
	JSON:         {"JSON", ""},
	Text:         {"a text", ""},
	LongText:     {"a text", ""},
	Gzip:         {"gzip", ""},
}

// String names the kind in a sentence: "answered a web page".
func (k Kind) String() string {
	if k < 0 || k >= kinds {
		k = Unknown
	}
	return facts[k].name
}

// MIME returns the media type of the kind; "" where the bytes do not tell one.
func (k Kind) MIME() string {
	if k < 0 || k >= kinds {
		return ""
	}
	return facts[k].mime
}

// Picture reports whether k is a still picture.
func (k Kind) Picture() bool { return k >= PNG && k <= AVIF }

// Timed reports whether k is sound or moving pictures: what can go on without end.
func (k Kind) Timed() bool { return k >= TS && k <= PS }

// Carried reports whether HLS carries k as a segment. What shows no form may be encrypted.
func (k Kind) Carried() bool {
	switch k {
	case Playlist, BarePlaylist, FLV, Matroska, ASF, WAV, PS, Ogg, Gzip:
		return false
	}
	return !k.Words() && k != LongText && k != Empty
}

// Manifest reports whether k is the manifest of another protocol.
func (k Kind) Manifest() bool { return k == DASH || k == Smooth }

// Words reports whether k is prose or markup: what servers send instead of what they refuse.
func (k Kind) Words() bool { return k >= DASH && k <= Text }

// Want is what an object was asked for as.
type Want int

// What can be asked for.
const (
	// WantSegment is a media segment, a partial segment or an init section.
	WantSegment Want = iota
	// WantSubtitles is a segment of a rendition of subtitles.
	WantSubtitles
	// WantData is what a playlist names outside of its timeline: JSON and texts are as good as media there.
	WantData
)

// Fits reports whether k can be what was asked for. What does not fit is a refusal. Empty always fits
// subtitles, where it means silence; elsewhere it is a transient fault, not a refusal.
func (w Want) Fits(k Kind) bool {
	switch {
	case !k.Words():
		return true
	case w == WantData:
		return k != HTML
	}
	return false
}
