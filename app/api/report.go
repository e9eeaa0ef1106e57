package api

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"gridwall/backend/stream"
)

// report is a dry run as plain text to send to somebody: no token is in it, in what a site calls its feeds neither. The
// page shows it and copies it as it is: what is a secret is decided here alone.
func report(name, kind string, at time.Time, took time.Duration, t Trial) string {
	lines := []string{fmt.Sprintf("Gridwall dry run: %s (%s), %s, %s", name, kind, at.UTC().Format(time.RFC3339), shortDuration(took)), "", "Steps"}
	for _, st := range t.Steps {
		line := "  "
		if st.Method != "" {
			line += st.Method + " " + st.URL + " "
		}
		line += outcome(st)
		if st.Error != "" {
			line += "; " + st.Error
		}
		lines = append(lines, line)
	}
	if len(t.Steps) == 0 {
		lines = append(lines, "  none")
	}
	if t.Error != nil {
		lines = append(lines, "", "Failed: "+*t.Error)
	}
	lines = append(lines, "", "Found "+feedCount(t.Count))
	for _, s := range t.Streams {
		title, live, host := s.Title, "not checked", ""
		if title == "" {
			title = "without a title"
		}
		if s.IsLive != nil {
			live = map[bool]string{true: "live", false: "not live"}[*s.IsLive]
		}
		if u, err := url.Parse(s.URL); err == nil {
			host = u.Host // the host alone: paths and queries of feeds bear tokens
		}
		var parts []string
		for _, p := range []string{title, s.Quality, live, host} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		lines = append(lines, "  "+strings.Join(parts, ", "))
	}
	// Line by line: nothing that a site says reaches over into the next.
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(stream.RedactText(strings.NewReplacer("\r", " ", "\n", " ").Replace(line)))
		out.WriteByte('\n')
	}
	return out.String()
}

// outcome says what a step did, without its error: "answered 200, 1.2 kB, 14 ms", "file list.m3u: 84 B, 0 ms", "find: 4".
func outcome(st Step) string {
	took := shortDuration(time.Duration(st.DurationMS) * time.Millisecond)
	if st.Method != "" {
		if st.Status == 0 {
			return "no answer, " + took
		}
		return fmt.Sprintf("answered %d, %s, %s", st.Status, shortBytes(st.Bytes), took)
	}
	what := st.What
	if what == "file" {
		what += " " + filepath.Base(strings.ReplaceAll(st.URL, `\`, "/")) // where it lies is nobody's business
	}
	came := st.Bytes > 0 || st.DurationMS > 0
	did := fmt.Sprint(st.Yield)
	if came {
		did = shortBytes(st.Bytes) + ", " + took
	}
	switch {
	case what == "":
		return did
	case st.Error != "" && !came:
		return what
	}
	return what + ": " + did
}

func shortBytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n)/1000, []string{"kB", "MB", "GB"}
	for v >= 999.5 && len(units) > 1 {
		v, units = v/1000, units[1:]
	}
	if v < 10 {
		return fmt.Sprintf("%.1f %s", v, units[0])
	}
	return fmt.Sprintf("%.0f %s", v, units[0])
}

func shortDuration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func feedCount(n int) string {
	if n == 1 {
		return "1 feed"
	}
	return fmt.Sprintf("%d feeds", n)
}
