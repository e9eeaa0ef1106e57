//go:build linux

package testwindow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is what one process takes, in bytes.
type Memory struct {
	PID  int
	Name string
	// PSS counts shared memory proportionally, RSS fully.
	PSS, RSS int64
}

// MemoryOf reads the memory of a process and its descendants.
func MemoryOf(pid int) (out []Memory, err error) {
	children := map[int][]int{}
	names := map[int]string{}
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		text, err := os.ReadFile(e)
		if err != nil {
			continue // it has just ended
		}
		// pid (name) state ppid …; a name may hold brackets.
		open, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
		fields := strings.Fields(string(text[end+1:]))
		id, err1 := strconv.Atoi(strings.TrimSpace(string(text[:open])))
		parent, err2 := strconv.Atoi(fields[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("%s: %w", e, err)
		}
		children[parent] = append(children[parent], id)
		names[id] = string(text[open+1 : end])
	}
	for left := []int{pid}; len(left) > 0; {
		id := left[0]
		left = append(left[1:], children[id]...)
		m, err := memory(id)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m.PID, m.Name = id, names[id]
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("process %d is gone", pid)
	}
	return out, nil
}

func memory(pid int) (m Memory, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return m, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		kb, err := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "Pss:":
			m.PSS = kb << 10
		case "Rss:":
			m.RSS = kb << 10
		default:
			continue
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}
