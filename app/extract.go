package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

type extractCommand struct {
	folders
	Source string `placeholder:"KEY" help:"Run this source alone."`
	JSON   bool   `name:"json" help:"Print the streams as JSON, with their URLs."`
	Trace  bool   `help:"Tell each step of the source's run on stderr (with --json: in the JSON); needs --source. No token is in it but in the streams' URLs."`
	Demo   bool   `help:"Add the built-in demo."`
}

// Run runs the sources once. It opens no database, so it runs beside a server.
func (c extractCommand) Run(p *process) error {
	if c.Trace && c.Source == "" {
		return &usageError{errors.New("--trace tells the steps of one source: name it with --source KEY")}
	}
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	b, err := newBase(Options{Config: conf, Paths: paths, Demo: c.Demo, Log: p.log})
	if err != nil {
		return err
	}
	defer b.close()
	if c.Source != "" {
		_, err := b.dir.Get(c.Source)
		if c.Trace {
			_, err = b.testable(c.Source)
		}
		if err != nil {
			if errors.Is(err, stream.ErrUnknownSource) {
				return &usageError{fmt.Errorf("no source has the key %q; its file would be %s/%s.toml", c.Source, paths.Sources(), c.Source)}
			}
			return err
		}
	}
	service, err := b.extraction(extract.Options{})
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
				return nil // asked to stop: that is no failure
			}
			if notYet := new(stream.NotYetError); errors.As(err, &notYet) {
				fmt.Fprintf(p.stderr, "gridwall: %s: %s\n", c.Source, oneLine(err)) // a state, not a failure
				return c.print(p.stdout, nil)
			}
			return fmt.Errorf("%s: %w", c.Source, err)
		}
		service.CheckSource(p.ctx, c.Source)
	} else {
		for _, res := range service.ExtractAll(p.ctx) {
			ran++
			var notYet *stream.NotYetError
			if errors.As(res.Err, &notYet) {
				fmt.Fprintf(p.stderr, "gridwall: %s: %s\n", res.Key, oneLine(res.Err)) // a state, not a failure
				continue
			}
			if res.Err != nil {
				failed++
				fmt.Fprintf(p.stderr, "gridwall: %s: %s\n", res.Key, oneLine(res.Err))
			}
		}
	}
	if err := p.ctx.Err(); err != nil {
		return nil // asked to stop: that is no failure
	}
	streams := service.Streams()
	if err := c.print(p.stdout, streams); err != nil {
		return err
	}
	switch {
	case len(streams) > 0:
		return nil
	case failed > 0:
		return errReported
	case ran == 0:
		return fmt.Errorf("there is no source in %s; put a file for each source into it, or look around with --demo", paths.Sources())
	}
	return nil
}

// print writes the streams as JSON, or as a table without what could be a token.
func (c extractCommand) print(w io.Writer, streams []stream.Stream) error {
	if c.JSON {
		list := api.StreamList{Streams: []api.Stream{}, Count: len(streams)}
		for _, s := range streams {
			list.Streams = append(list.Streams, api.FromStream(s))
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

// cell makes foreign text fit for one cell of a terminal's table: no control characters, no line breaks.
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
