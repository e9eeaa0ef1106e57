package api

import (
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/jsontypes"
	"gridwall/backend/offsets"
)

// Limits of what a client may send.
const (
	// MaxBody limits a request's body in bytes; a larger one is rejected with fault.CodeTooLarge.
	MaxBody = 1 << 20
	// MaxList limits an M3U list that a client sends, in bytes: as much as an extraction would read. MaxListBody limits the body
	// that contains it, with its JSON escapes.
	MaxList     = extract.MaxAnswer
	MaxListBody = MaxList + MaxList/2
	// MaxOffsetsBody limits the body of PutOffsets, in bytes: the export of as many offsets as can be stored is smaller.
	MaxOffsetsBody = offsets.MaxBody
	// maxTitles limits the titles that a guess shows: enough to see whether it is right.
	maxTitles = 50
)

// The types of streams, trials of a source and calendars.
type (
	Stream    = jsontypes.Stream
	Trial     = jsontypes.Trial
	Step      = jsontypes.Step
	Schedule  = jsontypes.Schedule
	RaceEvent = jsontypes.RaceEvent
	Session   = jsontypes.Session
)

// StreamList is the response of Streams: live ones first, then the fastest.
type StreamList struct {
	Streams []Stream `json:"streams" nullable:"false"`
	Count   int      `json:"count"`
}

// Extraction is the response of Extract: the listing after the run, and the sources that failed.
type Extraction struct {
	Streams []Stream        `json:"streams" nullable:"false"`
	Count   int             `json:"count"`
	Failed  []FailedExtract `json:"failed" nullable:"false" doc:"The sources whose extraction failed; the others' streams are fresh."`
}

// FailedExtract is a source whose extraction failed, with the reason.
type FailedExtract struct {
	Key   string `json:"key"`
	Error string `json:"error"`
}

// Active is a stream that is kept fresh for its viewers.
type Active struct {
	ID            string       `json:"id"`
	OriginalURL   string       `json:"original_url" doc:"The URL with which it was activated."`
	CurrentURL    string       `json:"current_url" doc:"The newest URL."`
	SiteKey       string       `json:"site_key"`
	Title         string       `json:"title"`
	Quality       string       `json:"quality"`
	LastRefreshed *time.Time   `json:"last_refreshed" nullable:"true"`
	RefreshCount  int          `json:"refresh_count"`
	LastError     string       `json:"last_error" doc:"Why the last renewal failed; empty after a success."`
	ExpiresAt     *time.Time   `json:"expires_at" nullable:"true"`
	PlaybackURL   string       `json:"playback_url" doc:"The address for players; it never changes."`
	SpareOf       string       `json:"spare_of,omitempty" doc:"The id of the stream that it is a spare of, if nobody watches it itself."`
	Spare         *ActiveSpare `json:"spare,omitempty" doc:"The stream that it plays from now, and its spares; absent if it has none and never switched."`
}

// ActiveList is the response of Active and RefreshActive.
type ActiveList struct {
	Active []Active `json:"active" nullable:"false"`
}

// Activation asks for a stream to be kept fresh: by its id, or by any URL it ever had.
type Activation struct {
	StreamID string `json:"stream_id,omitempty"`
	URL      string `json:"url,omitempty"`
	SiteKey  string `json:"site_key,omitempty" doc:"With url: the source that must have listed it."`
	Viewer   string `json:"viewer,omitempty" doc:"The name of the viewer; each viewer holds a separate lease."`
}

// Resolved is the response of Resolve.
type Resolved struct {
	URL string `json:"url" doc:"The fresh URL; the requested URL if no stream ever had it."`
}

// Source is a source in the list of sources, without the text of its file, which may contain credentials.
type Source struct {
	Key         string     `json:"key"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind"`
	Enabled     bool       `json:"enabled"`
	File        string     `json:"file"`
	Error       *string    `json:"error" nullable:"true" doc:"What is wrong with the file, or why the last extraction failed."`
	NotYet      *string    `json:"not_yet,omitempty" doc:"Why there is nothing to play yet, if the source's event has not begun (\"This live event will begin in 2 hours\"). That is not an error."`
	LooksAgain  *time.Time `json:"looks_again,omitempty" doc:"When a source whose event has not begun is run again."`
	LastRun     *time.Time `json:"last_run" nullable:"true"`
	StreamCount int        `json:"stream_count"`
	LiveCount   int        `json:"live_count"`
	Running     bool       `json:"running"`
}

// SourceList is the response of Sources.
type SourceList struct {
	Sources []Source `json:"sources" nullable:"false"`
}

// SourceText is a source file's text (TOML).
type SourceText struct {
	Text string `json:"text" doc:"The file's text, TOML."`
	// List is for a source of kind m3u whose url is KEY.m3u: the content of that file, which is beside the source file.
	List string `json:"list,omitempty" maxLength:"33554432" doc:"For kind m3u with url KEY.m3u: the list, which is saved beside the source file. At most 32 MiB."`
}

// SourceLink is an address that a user pastes.
type SourceLink struct {
	URL string `json:"url" doc:"An address that leads to streams."`
}

// SourceSwitch turns a source on or off.
type SourceSwitch struct {
	Enabled bool `json:"enabled"`
}

// Guess is the response of GuessSource: a file that reads the URL, for the user to review and save.
type Guess struct {
	Key  string `json:"key"`
	Kind string `json:"kind"`
	Text string `json:"text" doc:"The text of a source file that reads the URL; it was tried."`
	// Titles has at most maxTitles elements.
	Titles []string `json:"titles" nullable:"false" doc:"The titles of the first streams that the trial found."`
	Count  int      `json:"count" doc:"How many streams the trial found."`
}
