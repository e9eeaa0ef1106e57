package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"gridwall/app"
	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/jsontypes"
	"gridwall/backend/stream"
)

type extractCommand struct {
	folders
	Source string `placeholder:"KEY" help:"Run only this source."`
	JSON   bool   `name:"json" help:"Print the streams as JSON, with their URLs."`
	Trace  bool   `help:"Print each step of the source's run on stderr (with --json: in the JSON); needs --source. Tokens are left out, except in the streams' URLs."`
	Demo   bool   `help:"Add the built-in demo."`
}

// Run runs the sources once. It opens no database, so that it can run beside a server.
func (c extractCommand) Run(p *process) error {
	if c.Trace && c.Source == "" {
		return &usageError{errors.New("--trace prints the steps of one source: name it with --source KEY")}
	}
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	// Each failure is printed below; the log would repeat it.
	b, err := app.NewBase(app.Options{Config: conf, Paths: paths, Demo: c.Demo, Log: p.quietLog()})
	if err != nil {
		return err
	}
	defer b.Close()
	if c.Source != "" {
		_, err := b.Sources().Get(c.Source)
		if c.Trace {
			_, err = b.Source(c.Source)
		}
		if err != nil {
			if errors.Is(err, stream.ErrUnknownSource) {
				return &usageError{fmt.Errorf("no source has the key %q; its file would be %s/%s.toml", c.Source, paths.Sources(), c.Source)}
			}
			return err
		}
	}
	service, err := b.Extraction(extract.Options{})
	if err != nil {
		return err
	}
	defer service.Close()
	if c.Trace {
		return c.trace(p, b, service)
	}
	failed, ran := 0, 0
	if c.Source != "" {
		if _, err := service.Extract(p.ctx, c.Source); err != nil {
			if p.ctx.Err() != nil {
				return nil // a signal is not a failure
			}
			if err := report(p, b, c.Source, err); err != nil {
				return err
			}
			return c.print(p.stdout, nil)
		}
		service.CheckSource(p.ctx, c.Source)
	} else {
		for _, res := range service.ExtractAll(p.ctx) {
			ran++
			if res.Err != nil && report(p, b, res.Key, res.Err) != nil {
				failed++
			}
		}
	}
	if err := p.ctx.Err(); err != nil {
		return nil // a signal is not a failure
	}
	streams := service.Streams()
	if err := c.print(p.stdout, streams); err != nil {
		return err
	}
	c.whyNotLive(p.stderr, streams)
	misnamed := b.Sources().Misnamed()
	for _, name := range misnamed {
		fmt.Fprintf(p.stderr, "gridwall: %s is not read: the name of a source file must end in .toml\n", cell(filepath.Join(paths.Sources(), name)))
	}
	switch {
	case len(streams) > 0:
		return nil
	case failed > 0:
		return errReported
	case ran == 0 && len(misnamed) > 0:
		return errReported
	case ran == 0:
		return fmt.Errorf("no sources found in %s; add a file for each source, or try --demo", paths.Sources())
	}
	return nil
}

// report prints why a source failed and returns errReported. For a source whose event has not begun, it prints that and returns nil.
func report(p *process, b *app.Base, key string, err error) error {
	if notYet := new(stream.NotYetError); errors.As(err, &notYet) {
		fmt.Fprintf(p.stderr, "gridwall: %s: %s\n", key, stream.OneLine(err))
		return nil
	}
	src, _ := b.Source(key)
	fmt.Fprintln(p.stderr, "gridwall: "+failureLine(src, key, err))
	return errReported
}

// maxReasons limits how many reasons whyNotLive prints; a list may have thousands of feeds.
const maxReasons = 10

// whyNotLive prints why feeds are not live.
func (c extractCommand) whyNotLive(w io.Writer, streams []stream.Stream) {
	n := 0
	for _, s := range streams {
		if s.Health == nil || s.Health.Live || s.Health.Reason == "" {
			continue
		}
		if n++; n <= maxReasons {
			fmt.Fprintf(w, "gridwall: %s: %q is not live: %s\n", cell(s.SiteKey), cell(s.Title), cell(stream.RedactText(s.Health.Reason)))
		}
	}
	if n > maxReasons {
		fmt.Fprintf(w, "gridwall: %d more are not live\n", n-maxReasons)
	}
}

// print writes the streams as JSON, or as a table without tokens.
func (c extractCommand) print(w io.Writer, streams []stream.Stream) error {
	if c.JSON {
		list := api.StreamList{Streams: []api.Stream{}, Count: len(streams)}
		for _, s := range streams {
			list.Streams = append(list.Streams, jsontypes.FromStream(s))
		}
		return printJSON(w, list)
	}
	if len(streams) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TITLE\tQUALITY\tSITE\tLIVE\tMS\tBITRATE\tURL")
	for _, s := range streams {
		live, ms, bitrate := "?", "", ""
		if h := s.Health; h != nil {
			live = "no"
			if h.Live {
				live, ms = "yes", strconv.FormatInt(max(1, h.ResponseTime.Milliseconds()), 10)
			}
			if h.Bitrate > 0 {
				bitrate = strconv.FormatFloat(float64(h.Bitrate)/1e6, 'f', 1, 64) + " Mbit/s"
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", cell(s.Title), cell(s.Quality), cell(s.SiteKey), live, ms, bitrate, cell(stream.RedactURL(s.URL)))
	}
	return t.Flush()
}

// cell replaces the control characters and line breaks in foreign text, so that it can be printed in a cell of a table.
func cell(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r < ' ' || (r >= 0x7f && r < 0xa0) {
			out[i] = ' '
		}
	}
	return string(out)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
