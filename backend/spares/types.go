package spares

import "time"

// The states of a spare.
const (
	StateUnknown      = "unknown"      // not read yet
	StateReady        = "ready"        // its playlists are read, and advance
	StateFailed       = "failed"       // it cannot be read, or does not advance
	StateIncompatible = "incompatible" // it cannot continue the same playlists; a page can still open it by itself
	StateFeeding      = "feeding"      // the stream plays from it now
)

// Spare is a stream that can take over from another.
type Spare struct {
	StreamID string `json:"stream_id"`
	Title    string `json:"title"`
	Quality  string `json:"quality"`
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	State    string `json:"state" enum:"unknown,ready,failed,incompatible,feeding" doc:"incompatible: it cannot continue the same playlists, so a page has to open it by itself."`
	Message  string `json:"message" doc:"Why it has failed or is incompatible, in one line; otherwise empty."`
}

// List is the spares of a stream, in the order in which they are tried.
type List struct {
	Spares    []Spare `json:"spares" nullable:"false" doc:"In the order in which they are tried."`
	ByHand    bool    `json:"by_hand" doc:"Whether the order was set with PUT; otherwise the rules decide."`
	BackAfter int     `json:"back_after" doc:"How many seconds the stream must be well again before it takes over from its spare; 0: only by hand."`
}

// Choice sets the spares of a stream by hand.
type Choice struct {
	StreamIDs []string `json:"stream_ids" nullable:"true" maxItems:"20" doc:"The ids of the spares, in the order in which they are tried; empty for none; null: the rules decide again."`
	BackAfter int      `json:"back_after,omitempty" minimum:"0" maximum:"86400" doc:"How many seconds the stream must be well again before it takes over from its spare, 60 or more; 0: only by hand."`
}

// The reasons for a switch that a page can report.
const (
	ReasonFrozen = "frozen"
	ReasonSlate  = "slate"
)

// Switch asks for another stream to feed an active one.
type Switch struct {
	StreamID *string `json:"stream_id,omitempty" nullable:"true" doc:"The stream to go on with: a spare, or empty for the stream's own source. Absent or null: the next spare that has not failed."`
	Reason   string  `json:"reason,omitempty" enum:"frozen,slate" doc:"Why a page asks without its user: the picture is frozen, or a slate. Absent: the user asks."`
}

// Feed is the stream that feeds an active one now.
type Feed struct {
	StreamID string     `json:"stream_id" doc:"The stream that it plays from now: its own id, or a spare's."`
	SiteName string     `json:"site_name" doc:"The source of that stream."`
	Since    *time.Time `json:"since" nullable:"true" doc:"When it last switched; null: it never did."`
	Why      string     `json:"why" doc:"Why it last switched, in one line; empty if it never did."`
	ByHand   bool       `json:"by_hand" doc:"Whether a user switched."`
	Spares   []Spare    `json:"spares" nullable:"false" doc:"The spares known, in the order in which they are tried."`
}
