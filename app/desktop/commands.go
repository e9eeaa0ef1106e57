package desktop

import "sync"

// Names of the events that the page is sent.
const (
	// EventName carries an api.Event, the same that server-sent events carry.
	EventName = "gridwall:event"
	// CommandName carries a Command.
	CommandName = "gridwall:command"
)

// Names of commands.
const (
	CommandLive   = "live"   // open the grid with the live session's feeds, or the next one's
	CommandWatch  = "watch"  // open the grid with one feed, or one session's
	CommandPage   = "page"   // open a page
	CommandHidden = "hidden" // nobody sees the window: stop the pictures
	CommandShown  = "shown"  // somebody sees it again
	CommandDrop   = "drop"   // a file was dropped on the window: ask for it by Dropped
)

// Command is what the tray, a notification or a second start asks of the page.
type Command struct {
	Name     string `json:"name"`
	Page     string `json:"page,omitempty"`
	StreamID string `json:"stream_id,omitempty"`
	Event    string `json:"event,omitempty"`
	Session  string `json:"session,omitempty"`
}

// ShellState is what the window knows about the machine.
type ShellState struct {
	// Tray reports whether there is an icon to come back from.
	Tray bool `json:"tray"`
	// Codecs says what the webview lacks to play, and how to install it; "" where all is there.
	Codecs string `json:"codecs"`
	// Player lists the players that are installed: mpv, vlc.
	Player []string `json:"player"`
}

// commands brings commands to the page: those that come before it is mounted wait for it.
type commands struct {
	mu      sync.Mutex
	mounted bool
	send    func(event string, data any)
	waiting []Command
}

// put sends a command, or lets it wait. Of those that wait only the last counts: who clicked twice before the page was
// there wants to see the second.
func (c *commands) put(cmd Command) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mounted {
		c.send(CommandName, cmd)
		return
	}
	if cmd.Name == CommandHidden || cmd.Name == CommandShown {
		return // a page that begins looks at what it is shown on by itself
	}
	c.waiting = []Command{cmd}
}

// take is called by the page when it is mounted; it returns what waited.
func (c *commands) take() []Command {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mounted = true
	out := c.waiting
	c.waiting = nil
	if out == nil {
		out = []Command{} // the page gets a list, never null
	}
	return out
}

// event sends an event that is not a command, once there is a page to take it.
func (c *commands) event(name string, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mounted {
		c.send(name, data)
	}
}
