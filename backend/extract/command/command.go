// Package command is the source kind that runs a program on this machine and reads the streams from its output: yt-dlp,
// Streamlink, or any script. It runs an argument list and never a shell, bounds time and output, and leaves no process
// behind.
//
// The program makes its own requests: it gets its arguments, but not the headers, cookies and proxy of the source's file.
//
// Not here: who may write such a source over HTTP (backend/access).
package command

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// MaxStreams bounds the streams of one run.
const MaxStreams = 50_000

// Extractor is the extractor of kind "command".
type Extractor struct{}

var (
	_ extract.Extractor = Extractor{}
	_ extract.Checker   = Extractor{}
)

// reading is the result of reading an output.
type reading struct {
	found []extract.Found
	// notHTTP counts addresses that are neither http nor https, notHLS feeds without an HLS playlist, drm protected feeds,
	// and unresolved entries that the tool named but did not look up.
	notHTTP, notHLS, drm, unresolved int
	// toolError is the tool's own error, if the output contains one.
	toolError string
	// parsed is true if the whole output is in the format.
	parsed bool
	// upcoming is true for a stream that has not begun; begins is when it does, zero if unknown.
	upcoming bool
	begins   time.Time
	// partial is true if streams count although the tool's exit status is not 0.
	partial bool
}

// formats are the readers of outputs, by their name in a source file.
var formats = map[string]func(out []byte, src source.Source) (reading, error){
	"yt-dlp":     readYtDlp,
	"streamlink": readStreamlink,
	"json":       readJSON,
	"lines":      readLines,
}

// Check returns an error for an unknown format, and for a missing option of a well-known tool: without -J, yt-dlp would
// download the video.
func (Extractor) Check(src source.Source) error {
	if formats[src.Format] == nil {
		return src.Errorf("format", "format is yt-dlp, streamlink, json or lines, not %q", src.Format)
	}
	if len(src.Command) == 0 {
		return src.Errorf("command", "command is empty")
	}
	return checkOptions(src)
}

// Extract runs the source's command and returns the streams that it printed.
func (e Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) (found []extract.Found, err error) {
	if err := e.Check(src); err != nil {
		return nil, err
	}
	t := newTool(src)
	r := t.run(ctx)
	step := extract.Step{What: "ran " + t.name, Duration: r.took, Bytes: r.printed}
	if r.status >= 0 {
		step.What = fmt.Sprintf("ran %s (exit status %d)", t.name, r.status)
	}
	defer func() {
		step.Yield = len(found)
		if err != nil {
			step.Error = err.Error()
		}
		site.Record(step)
	}()
	var failed *exec.ExitError
	if r.err != nil && !errors.As(r.err, &failed) {
		return nil, r.err
	}
	read, err := formats[src.Format](r.out, src)
	if len(read.found) == 0 {
		if state := t.notYet(r, read); state != nil {
			return nil, state
		}
	}
	switch {
	case failed != nil && len(read.found) > 0 && read.partial:
		site.Note("skipped: entries that the tool could not read", 0)
	case failed != nil:
		return nil, t.failed(r, read.toolError)
	case read.toolError != "":
		return nil, fmt.Errorf("%s: %s", t.name, t.clean(read.toolError))
	case err != nil:
		return nil, t.wrongFormat(err, r)
	}
	read.noteSkipped(site)
	if len(read.found) > MaxStreams {
		return nil, fmt.Errorf("%s lists more than %d streams", t.name, MaxStreams)
	}
	if len(read.found) == 0 {
		return nil, t.noStreams(read, r)
	}
	name(read.found, src)
	return read.found, nil
}

// noteSkipped adds to the trace how many streams were skipped, and why.
func (r reading) noteSkipped(site *extract.Site) {
	for _, n := range []struct {
		what  string
		count int
	}{
		{"skipped: neither http nor https", r.notHTTP}, {"skipped: no HLS", r.notHLS}, {"skipped: DRM", r.drm},
		{"skipped: named but not looked up (leave out --flat-playlist)", r.unresolved},
	} {
		if n.count > 0 {
			site.Note(n.what, n.count)
		}
	}
}

// noStreams returns the error of a successful run that found no streams.
func (t *tool) noStreams(r reading, ran result) error {
	why := "printed no stream"
	switch {
	case r.drm > 0:
		why = "found only streams with DRM, which Gridwall cannot play"
	case r.notHLS > 0:
		why = "found streams, but none of them is HLS"
	case r.unresolved > 0:
		why = "only named entries and did not look them up; leave out --flat-playlist"
	case r.notHTTP > 0:
		why = "printed no http or https address"
	default:
		if last := t.clean(lastLine(ran.errTail)); last != "" {
			why += "; its last output: " + last
		}
	}
	return fmt.Errorf("%w: %s %s", stream.ErrNoStreams, t.name, why)
}

// name gives streams without a title the source's name, numbered if there are several.
func name(found []extract.Found, src source.Source) {
	untitled := 0
	for i := range found {
		if found[i].Title == "" {
			untitled++
		}
	}
	n := 0
	for i := range found {
		if found[i].Title != "" {
			continue
		}
		n++
		found[i].Title = src.Name
		if untitled > 1 {
			found[i].Title = fmt.Sprintf("%s %d", src.Name, n)
		}
	}
}
