package media

// Kind is the content of an answer by its bytes.
type Kind int

// The kinds.
const (
	// Unknown are bytes in no known format. Encrypted segments look like this, so they are never refused.
	Unknown Kind = iota
	// Empty is an empty answer, or one of white space only.
	Empty

	// Playlist is an HLS playlist; BarePlaylist has its tags, but not the #EXTM3U before them.
	Playlist
	BarePlaylist

	TS
	MP4  // ISO boxes: fragments, init sections, whole files
	ID3  // packed audio after an ID3 tag, in an unknown format
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
	// Text is a short text: a sentence in place of the requested content. LongText is one longer than HeadLen.
	Text
	LongText
	Gzip

	kinds // the number of kinds
)

// facts are the properties of a kind. Subtitles other than WebVTT have no media type: that of TTML also fits other documents.
var facts = [kinds]struct {
	name string // continues a sentence after "answered"
	mime string // "" if the bytes do not determine it
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

// String returns the name of the kind for a sentence: "answered a web page".
func (k Kind) String() string {
	if k < 0 || k >= kinds {
		k = Unknown
	}
	return facts[k].name
}

// MIME returns the media type of the kind; "" if the bytes do not determine one.
func (k Kind) MIME() string {
	if k < 0 || k >= kinds {
		return ""
	}
	return facts[k].mime
}

// Picture reports whether k is a still picture.
func (k Kind) Picture() bool { return k >= PNG && k <= AVIF }

// Timed reports whether k is audio or video, which can be endless.
func (k Kind) Timed() bool { return k >= TS && k <= PS }

// Carried reports whether HLS uses k for segments. Unknown counts, because it may be encrypted.
func (k Kind) Carried() bool {
	switch k {
	case Playlist, BarePlaylist, FLV, Matroska, ASF, WAV, PS, Ogg, Gzip:
		return false
	}
	return !k.Words() && k != LongText && k != Empty
}

// Manifest reports whether k is the manifest of another protocol.
func (k Kind) Manifest() bool { return k == DASH || k == Smooth }

// Words reports whether k is prose or markup, which servers send with a refusal.
func (k Kind) Words() bool { return k >= DASH && k <= Text }

// Want is the expected content of an answer.
type Want int

// The expected contents.
const (
	// WantSegment is a media segment, a partial segment or an init section.
	WantSegment Want = iota
	// WantSubtitles is a segment of a rendition of subtitles.
	WantSubtitles
	// WantData is anything that a playlist lists outside its timeline, including JSON and texts.
	WantData
)

// Fits reports whether k can be the expected content; otherwise the answer is a refusal. Empty fits subtitles, where it means
// silence; elsewhere it is a transient error, not a refusal.
func (w Want) Fits(k Kind) bool {
	switch {
	case !k.Words():
		return true
	case w == WantData:
		return k != HTML
	}
	return false
}
