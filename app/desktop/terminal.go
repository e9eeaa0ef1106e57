package desktop

import (
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether somebody may be reading what is written to f.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
