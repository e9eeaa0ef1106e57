package renditions

import (
	"gridwall/backend/hls"
	"math"
	"strconv"
	"strings"

	"gridwall/backend/stream"
)

// Description identifies a rendition in a later playlist. It is stored with the rendition's name. Path is the path of its
// address without tokens.
type Description struct {
	Kind             hls.RenditionKind `json:"kind"`
	Bandwidth        int64             `json:"bandwidth,omitempty"`
	AverageBandwidth int64             `json:"average_bandwidth,omitempty"`
	Width            int               `json:"width,omitempty"`
	Height           int               `json:"height,omitempty"`
	FrameRate        float64           `json:"frame_rate,omitempty"`
	Codecs           string            `json:"codecs,omitempty"`
	VideoRange       string            `json:"video_range,omitempty"`
	GroupID          string            `json:"group_id,omitempty"`
	AudioGroup       string            `json:"audio_group,omitempty"`
	SubtitlesGroup   string            `json:"subtitles_group,omitempty"`
	VideoGroup       string            `json:"video_group,omitempty"`
	Language         string            `json:"language,omitempty"`
	Name             string            `json:"name,omitempty"`
	Channels         string            `json:"channels,omitempty"`
	Characteristics  string            `json:"characteristics,omitempty"`
	Forced           bool              `json:"forced,omitempty"`
	StableID         string            `json:"stable_id,omitempty"`
	// These fields are absent in records of older versions.
	PathwayID          string `json:"pathway_id,omitempty"`
	HDCPLevel          string `json:"hdcp_level,omitempty"`
	AllowedCPC         string `json:"allowed_cpc,omitempty"`
	VideoLayout        string `json:"video_layout,omitempty"`
	SupplementalCodecs string `json:"supplemental_codecs,omitempty"`
	Captions           string `json:"captions,omitempty"`
	AssocLanguage      string `json:"assoc_language,omitempty"`
	InstreamID         string `json:"instream_id,omitempty"`
	SampleRate         int64  `json:"sample_rate,omitempty"`
	BitDepth           int64  `json:"bit_depth,omitempty"`

	Path string `json:"path,omitempty"`
}

// Describe returns the description of a rendition, without host and tokens. Its texts are bounded copies.
func Describe(r hls.Rendition) Description {
	path := stream.RedactURL(r.URI)
	path = strings.TrimSuffix(path, "?…")
	return Description{
		Kind: r.Kind, Bandwidth: r.Bandwidth, AverageBandwidth: r.AverageBandwidth, Width: r.Width, Height: r.Height,
		FrameRate: r.FrameRate, Codecs: r.Codecs, VideoRange: r.VideoRange, GroupID: r.GroupID,
		AudioGroup: groupClass(r.AudioGroup), SubtitlesGroup: groupClass(r.SubtitlesGroup), VideoGroup: groupClass(r.VideoGroup),
		Language: strings.ToLower(r.Language), Name: r.Name, Channels: r.Channels, Characteristics: r.Characteristics,
		Forced: r.Forced, StableID: r.StableID, PathwayID: r.PathwayID, HDCPLevel: r.HDCPLevel, AllowedCPC: r.AllowedCPC,
		VideoLayout: r.VideoLayout, SupplementalCodecs: r.SupplementalCodecs, Captions: groupClass(r.Captions),
		AssocLanguage: strings.ToLower(r.AssocLanguage), InstreamID: r.InstreamID, SampleRate: r.SampleRate, BitDepth: r.BitDepth, Path: path,
	}.Bounded()
}

// attributes returns the description without the path: two renditions with equal attributes are the same.
func (d Description) attributes() Description {
	d.Path = ""
	return d
}

// older returns the description as older versions stored it.
func (d Description) older() Description {
	d.StableID, d.Path, d.PathwayID = "", "", ""
	d.HDCPLevel, d.AllowedCPC, d.VideoLayout, d.SupplementalCodecs, d.Captions = "", "", "", "", ""
	d.AssocLanguage, d.InstreamID, d.SampleRate, d.BitDepth = "", "", 0, 0
	return d
}

// groupClass returns a group's ID without digits: redundant variants refer to groups that differ by a number.
func groupClass(id string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, strings.ToLower(id)), "-_. ")
}

// families maps the sample entry of a video codec (RFC 6381) to its codec family: a decoder supports a whole family.
var families = map[string]string{
	"avc1": "avc", "avc3": "avc", "hvc1": "hevc", "hev1": "hevc", "dvh1": "dovi", "dvhe": "dovi", "dav1": "dovi",
	"av01": "av1", "vp09": "vp9", "vp9": "vp9", "vp08": "vp8", "vvc1": "vvc", "vvi1": "vvc", "jpeg": "jpeg", "mjpg": "jpeg",
}

// audioFamilies does the same for audio codecs.
var audioFamilies = map[string]string{
	"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "ac-4": "ac4", "opus": "opus", "flac": "flac", "alac": "alac", "mp3": "mp3", "vorbis": "vorbis",
}

// videoFamily returns the family of the first video codec; "" if CODECS names none.
func (d Description) videoFamily() string { return family(d.Codecs, families) }

func (d Description) audioFamily() string { return family(d.Codecs, audioFamilies) }

func family(codecs string, of map[string]string) string {
	for c := range strings.SplitSeq(codecs, ",") {
		entry, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(c)), ".")
		if f := of[entry]; f != "" {
			return f
		}
	}
	return ""
}

// audioOnly reports whether d is a variant without video.
func (d Description) audioOnly() bool {
	return d.Kind == hls.Variant && d.Height == 0 && d.videoFamily() == "" && d.audioFamily() != ""
}

// base returns the shortest name that describes the rendition.
func (d Description) base() string {
	rate := ""
	if d.Bandwidth > 0 {
		rate = strconv.FormatInt((d.Bandwidth+500)/1000, 10) + "k"
	}
	height := ""
	if d.Height > 0 {
		height = strconv.Itoa(d.Height) + "p"
	}
	kind := slug(string(d.Kind))
	switch {
	case d.Kind == hls.IFrame || d.Kind == hls.Image:
		return join(kind, height, rate)
	case d.Kind != hls.Variant:
		return join(kind, slug(firstOf(slug(d.Language), slug(d.Name), slug(d.GroupID))))
	case d.audioOnly():
		return join("audio", rate)
	case height == "" && rate == "":
		return "variant"
	}
	return join(height, rate)
}

// suffixes returns the attributes that can distinguish renditions with the same base name, the most descriptive first.
func (d Description) suffixes() []string {
	fps := ""
	if d.FrameRate > 0 {
		fps = strconv.Itoa(int(math.Round(d.FrameRate))) + "fps"
	}
	forced := ""
	if d.Forced {
		forced = "forced"
	}
	channels := ""
	if d.Channels != "" {
		count, _, _ := strings.Cut(d.Channels, "/")
		channels = slug(count) + "ch"
	}
	role := ""
	if d.Characteristics != "" {
		role = d.Characteristics[strings.LastIndexByte(d.Characteristics, '.')+1:]
	}
	supplemental, _, _ := strings.Cut(d.SupplementalCodecs, ".")
	rate, depth := "", ""
	if d.SampleRate > 0 {
		rate = strconv.FormatInt(d.SampleRate, 10) + "hz"
	}
	if d.BitDepth > 0 {
		depth = strconv.FormatInt(d.BitDepth, 10) + "bit"
	}
	hdr := strings.ToLower(d.VideoRange)
	if hdr == "sdr" {
		hdr = ""
	}
	return []string{
		fps, d.videoFamily(), slug(hdr), d.audioFamily(), slug(d.GroupID), slug(d.AudioGroup), slug(d.VideoGroup), slug(d.SubtitlesGroup),
		forced, slug(role), slug(d.Name), channels, slug(d.Language),
		slug(d.HDCPLevel), slug(supplemental), slug(d.VideoLayout), slug(d.AssocLanguage), slug(d.InstreamID), rate, depth,
		slug(d.Captions), slug(d.PathwayID), slug(d.StableID),
	}
}

// maxSlug bounds the part of a name that comes from one attribute, in bytes.
const maxSlug = 32

// slug returns s as a path element: lower-case letters, digits and single dashes.
func slug(s string) string {
	var b strings.Builder
	dash := false
	for _, c := range strings.ToLower(s) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(c)
			dash = false
		} else {
			dash = true
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return b.String()
}

func join(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "-")
}

func firstOf(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}
