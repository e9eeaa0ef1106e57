package desktop

import "sync"

// Names of the events that are sent to the page.
const (
	// EventName carries an api.Event, the same that server-sent events carry.
	EventName = "gridwall:event"
	// CommandName carries a Command.
	CommandName = "gridwall:command"
	// ConnectedName tells a second window whether the program answers: true or false.
	ConnectedName = "gridwall:connected"
)

// Names of commands.
const (
	CommandLive   = "live"   // open the grid with the feeds of the live session, or of the next one
	CommandWatch  = "watch"  // open the grid with one feed, or with the feeds of a session
	CommandWall   = "wall"   // open the grid with a saved wall
	CommandPage   = "page"   // open a page
	CommandHidden = "hidden" // the window was hidden: stop drawing video
	CommandShown  = "shown"  // the window is visible again
	CommandDrop   = "drop"   // a file was dropped on the window: fetch it with Dropped
)

// Command is a request to the page by the tray, a notification or a second start.
type Command struct {
	Name     string `json:"name"`
	Page     string `json:"page,omitempty"`
	StreamID string `json:"stream_id,omitempty"`
	Event    string `json:"event,omitempty"`
	Session  string `json:"session,omitempty"`
	Wall     string `json:"wall,omitempty"`
}

// ShellState is what the window knows about the machine.
type ShellState struct {
	// Tray reports whether there is a tray icon that can show a hidden window again.
	Tray bool `json:"tray"`
	// Codecs says which codecs the webview lacks, and how to install them; "" if none.
	Codecs string `json:"codecs"`
	// Player lists the installed players: mpv, vlc.
	Player []string `json:"player"`
}

// commands sends commands to the page. Those that are put before the page is mounted wait for it.
type commands struct {
	mu      sync.Mutex
	mounted bool
	send    func(event string, data any)
	waiting []Command
}

// put sends a command, or makes it wait. Only the last waiting command is kept: a user who clicked twice before the page was there
// wants to see the second.
func (c *commands) put(cmd Command) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mounted {
		c.send(CommandName, cmd)
		return
	}
	if cmd.Name == CommandHidden || cmd.Name == CommandShown {
		return // a page that starts checks its visibility itself
	}
	c.waiting = []Command{cmd}
}

// take is called by the page when it is mounted. It returns the waiting commands.
func (c *commands) take() []Command {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mounted = true
	out := c.waiting
	c.waiting = nil
	if out == nil {
		out = []Command{} // an empty list in JSON, not null
	}
	return out
}

// event sends an event that is not a command, if the page is mounted.
func (c *commands) event(name string, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mounted {
		c.send(name, data)
	}
}
