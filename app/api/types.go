package api

import (
	"encoding/json"
	"time"

	"gridwall/backend/extract"
)

// Limits of what a client may send.
const (
	// MaxBody limits a request's body in bytes; a larger one is rejected with CodeTooLarge.
	MaxBody = 1 << 20
	// MaxList limits an M3U list that a client sends, in bytes: as much as an extraction would read. MaxListBody limits the body
	// that contains it, with its JSON escapes.
	MaxList     = extract.MaxAnswer
	MaxListBody = MaxList + MaxList/2
	// maxURL limits a URL that a client sends, in bytes; no CDN's token is longer.
	maxURL = 16 << 10
	// maxTitles limits the titles that a guess shows: enough to see whether it is right.
	maxTitles = 50
)

// Stream is one playable feed that an extraction found.
type Stream struct {
	ID             string     `json:"id" doc:"The stream's name in /hls/{id}/index.m3u8; it stays the same when URLs change."`
	URL            string     `json:"url" doc:"The newest upstream URL, including the token."`
	SiteKey        string     `json:"site_key"`
	SiteName       string     `json:"site_name"`
	Quality        string     `json:"quality"`
	Title          string     `json:"title"`
	Group          string     `json:"group,omitempty" doc:"Its group in a channel list."`
	Logo           string     `json:"logo,omitempty" doc:"The address of its logo in a channel list."`
	ExtractedAt    time.Time  `json:"extracted_at"`
	IsLive         *bool      `json:"is_live" nullable:"true" doc:"Null while the stream has not been checked."`
	ResponseTimeMS *int64     `json:"response_time_ms" nullable:"true"`
	CheckedAt      *time.Time `json:"checked_at" nullable:"true"`
	Bitrate        *int64     `json:"bitrate" nullable:"true" doc:"Bit/s of the best variant; null if unknown."`
}

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
	ID            string     `json:"id"`
	OriginalURL   string     `json:"original_url" doc:"The URL with which it was activated."`
	CurrentURL    string     `json:"current_url" doc:"The newest URL."`
	SiteKey       string     `json:"site_key"`
	Title         string     `json:"title"`
	Quality       string     `json:"quality"`
	LastRefreshed *time.Time `json:"last_refreshed" nullable:"true"`
	RefreshCount  int        `json:"refresh_count"`
	LastError     string     `json:"last_error" doc:"Why the last renewal failed; empty after a success."`
	ExpiresAt     *time.Time `json:"expires_at" nullable:"true"`
	PlaybackURL   string     `json:"playback_url" doc:"The address for players; it never changes."`
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

// Trial is the response of TestSource: the streams that an extraction would find now, and each step of it. Nothing is saved. A
// user may send it to others: except for the streams' URLs it contains nothing that could be a token, not even in titles.
type Trial struct {
	Name    string   `json:"name,omitempty" doc:"The source's name without anything that could be a token, for a report to send to others; absent if it is the same as the name."`
	Streams []Stream `json:"streams" nullable:"false"`
	Count   int      `json:"count"`
	Steps   []Step   `json:"steps" nullable:"false"`
	Error   *string  `json:"error" nullable:"true"`
}

// Step is one step of an extraction.
type Step struct {
	What       string `json:"what" doc:"request, or a step that is specific to the kind."`
	Method     string `json:"method"`
	URL        string `json:"url" doc:"Without anything that could be a token."`
	Status     int    `json:"status"`
	DurationMS int64  `json:"duration_ms"`
	Bytes      int64  `json:"bytes"`
	Yield      int    `json:"yield"`
	Error      string `json:"error"`
}

// Schedule is the calendar at the time of the response.
type Schedule struct {
	Events    []RaceEvent `json:"events" nullable:"false"`
	FetchedAt *time.Time  `json:"fetched_at" nullable:"true"`
	Stale     bool        `json:"stale"`
	Error     *string     `json:"error" nullable:"true"`
}

// RaceEvent is one weekend of a series.
type RaceEvent struct {
	ID       string    `json:"id"`
	Series   string    `json:"series"`
	Season   string    `json:"season" doc:"A year such as 2026; empty if the calendar does not say."`
	Round    int       `json:"round" doc:"From 1; 0 if the calendar does not say."`
	Name     string    `json:"name"`
	Circuit  string    `json:"circuit"`
	Locality string    `json:"locality"`
	Country  string    `json:"country"`
	Sessions []Session `json:"sessions" nullable:"false"`
	// Calendar, Color and Overridden are absent if they are empty or false.
	Calendar   string `json:"calendar,omitempty" doc:"The user's name for the event's calendar."`
	Color      string `json:"color,omitempty" doc:"The calendar's colour: #rrggbb, or a word such as teal."`
	Overridden bool   `json:"overridden,omitempty" doc:"Whether overrides.toml changes or adds the event."`
}

// Session is a session of an event: a practice, a qualifying, a race.
type Session struct {
	Type   string     `json:"type" enum:"fp1,fp2,fp3,qualifying,sprint_qualifying,sprint,race,other"`
	Name   string     `json:"name"`
	Start  *time.Time `json:"start" nullable:"true"`
	End    *time.Time `json:"end" nullable:"true"`
	Status string     `json:"status" enum:"past,live,upcoming,cancelled"`
	// The following fields are absent if they are empty or false.
	Date       string     `json:"date,omitempty" doc:"The day (2026-05-24) of a session whose time is not known yet."`
	MovedFrom  *time.Time `json:"moved_from,omitempty" doc:"The start according to an earlier version of the calendar."`
	OverTime   bool       `json:"over_time,omitempty" doc:"Whether the session's feeds continue past its planned end, so that its end is open; true from shortly before the planned end."`
	Overridden bool       `json:"overridden,omitempty" doc:"Whether overrides.toml changes or adds the session."`
	InDoubt    bool       `json:"in_doubt,omitempty" doc:"Whether the date contradicts those of the event's other sessions. Such a session is never live, and nothing happens at its start."`
}

// Layouts is the document of the grid's layouts: the client's own JSON, stored unchanged.
type Layouts = json.RawMessage

// instant returns t in UTC, truncated to milliseconds, or nil if t is zero.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// optional is instant for a time that may be nil.
func optional(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return instant(*t)
}

// text returns s, or nil if it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
