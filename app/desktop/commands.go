package desktop

import "sync"

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

// event sends an event that is no command, once there is a page to take it.
func (c *commands) event(name string, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mounted {
		c.send(name, data)
	}
}
