package screens

import "time"

// ScreenTile is a tile of a screen's wall.
type ScreenTile struct {
	Place    int    `json:"place" minimum:"1" maximum:"16" doc:"Its position on the wall, from 1."`
	StreamID string `json:"stream_id" maxLength:"100"`
	Title    string `json:"title" doc:"At most 300 characters; a longer one is cut, like the other texts of a screen."`
	State    string `json:"state" enum:"starting,playing,paused,waiting,stopped" doc:"What it does: waiting is for data, stopped because of an error."`
	Muted    bool   `json:"muted"`
	// Volume is that of the tile's own control, muted or not.
	Volume float64 `json:"volume" minimum:"0" maximum:"1"`
	// BehindLive is in seconds.
	BehindLive *float64 `json:"behind_live" required:"false" nullable:"true" doc:"How many seconds it plays behind the live edge; null if unknown."`
}

// State is the state of a screen, as its page reports it.
type State struct {
	Name    string       `json:"name" doc:"The name of the screen, such as Chromium on Linux."`
	Wall    string       `json:"wall" required:"false" doc:"The name of the saved wall whose feeds are shown; empty for none."`
	Layout  string       `json:"layout" required:"false" doc:"The arrangement of the tiles."`
	Delay   *float64     `json:"delay" required:"false" nullable:"true" doc:"How many seconds behind live the whole wall is kept; null for no common delay."`
	Sound   string       `json:"sound" required:"false" doc:"How the sound is chosen: focus if it follows the focus, else pinned or mix."`
	Muted   bool         `json:"muted" required:"false" doc:"Whether the wall is muted as a whole."`
	Focused int          `json:"focused" required:"false" minimum:"0" maximum:"16" doc:"The place of the focused tile; 0 for none."`
	Tiles   []ScreenTile `json:"tiles" nullable:"false" maxItems:"16" doc:"The tiles, in the order of their places."`
}

// Screen is a page or a window that shows a wall.
type Screen struct {
	ID       string    `json:"id" doc:"Made up by the page; it stays the same when the page is reloaded. That of the window is window."`
	Revision string    `json:"revision" doc:"Changes with what a user can change: the tiles, their places, focus, sound, layout, what is paused. Not with what playback does by itself. A command may name it."`
	SeenAt   time.Time `json:"seen_at" doc:"When the screen last reported its state. One that is silent for 15 seconds is removed."`
	State
}

// Report is what a screen sends about itself.
type Report struct {
	// Page distinguishes two pages with one id, such as a duplicated tab.
	Page string `json:"page" maxLength:"40" doc:"A random word, another one for each page load: a second page with the same id is refused (409)."`
	State
	Acknowledged []Acknowledgement `json:"acknowledged" required:"false" nullable:"false" maxItems:"16" doc:"The commands that the page has handled since its last report."`
}

// Acknowledgement is a screen's answer to a command.
type Acknowledgement struct {
	Command string `json:"command" maxLength:"40" doc:"The id of the command."`
	Error   string `json:"error,omitempty" doc:"Why the command was not carried out, in one line; absent if it was. A longer one than 300 characters is cut."`
}

// Command asks a screen to do something.
type Command struct {
	Command   string           `json:"command" enum:"open,close,swap,focus,seek,pause,play,live,delay,sound,volume,layout,wall" doc:"What to do; which arguments each command takes is described with them."`
	Arguments CommandArguments `json:"arguments" required:"false"`
	Revision  string           `json:"revision,omitempty" maxLength:"40" doc:"The revision of the state that the command refers to. If the screen's state has changed since, the command is refused (412). Without it, the command applies to any state."`
}

// CommandArguments are the arguments of a command. A command refuses those that it does not take.
type CommandArguments struct {
	StreamID string   `json:"stream_id,omitempty" maxLength:"100" doc:"open: the stream. close, focus, seek, pause, play, live, sound, volume: the tile, instead of its place."`
	Place    int      `json:"place,omitempty" minimum:"0" maximum:"16" doc:"The place of the tile, from 1. open: the tile there changes to the stream; without it a tile is added. close, seek, volume: without it the focused tile. pause, play, live: without it all tiles. sound: this tile is heard; without it the focused one."`
	With     int      `json:"with,omitempty" minimum:"0" maximum:"16" doc:"swap: the place of the other tile."`
	Seconds  *float64 `json:"seconds,omitempty" doc:"seek: how far forward, or back if negative. delay: how far behind live; absent to end the common delay."`
	Volume   *float64 `json:"volume,omitempty" minimum:"0" maximum:"1" doc:"volume: from 0 to 1."`
	Muted    *bool    `json:"muted,omitempty" doc:"sound: whether the wall is muted."`
	Mix      *bool    `json:"mix,omitempty" doc:"sound: with a tile, whether it is heard in the mix; without one, whether several tiles are heard."`
	Layout   string   `json:"layout,omitempty" maxLength:"100" doc:"layout: the name of a layout, or next."`
	Wall     string   `json:"wall,omitempty" maxLength:"300" doc:"wall: the name of the saved wall to open."`
}

// Order is a command on its way to a screen.
type Order struct {
	Screen    string           `json:"screen" doc:"The id of the screen that is to carry it out."`
	ID        string           `json:"id" doc:"The id with which the screen acknowledges it."`
	Command   string           `json:"command"`
	Arguments CommandArguments `json:"arguments"`
}
