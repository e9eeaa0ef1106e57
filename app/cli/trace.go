package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gridwall/app"
	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/jsontypes"
	"gridwall/backend/stream"
)

// trace runs the source once, even if it is disabled, and prints each step. The streams are printed on stdout as usual. They are
// not checked, because the trace is about the source.
func (c extractCommand) trace(p *process, b *app.Base, service *extract.Service) error {
	src, err := b.Source(c.Source)
	if err != nil {
		return err
	}
	start := time.Now()
	trial := service.Try(p.ctx, src)
	if p.ctx.Err() != nil {
		return nil // a signal is not a failure
	}
	if c.JSON {
		if err := printJSON(p.stdout, jsontypes.FromTrial(trial)); err != nil {
			return err
		}
	} else {
		writeTrace(p.stderr, jsontypes.FromTrial(trial), fmt.Sprintf("%s (%s)", src.Key, src.Kind), time.Since(start))
		if err := c.print(p.stdout, trial.Streams); err != nil {
			return err
		}
	}
	if trial.Err != nil {
		if notYet := new(stream.NotYetError); c.JSON && !errors.As(trial.Err, &notYet) {
			return errReported // the JSON contains the error
		}
		return report(p, b, c.Source, trial.Err)
	}
	return nil
}

// writeTrace writes a line for each step of a dry run: the request, its result, and how long it took.
func writeTrace(w io.Writer, t api.Trial, name string, took time.Duration) {
	fmt.Fprintf(w, "trace of %s\n", name)
	for i, st := range t.Steps {
		fmt.Fprintf(w, "%3d  %s\n", i+1, cell(stepLine(st)))
	}
	if t.Error == nil {
		fmt.Fprintf(w, "found %d streams in %s\n", t.Count, took.Round(time.Millisecond))
	}
}

// stepLine returns the line of a step, such as "GET https://club.example/live?…  200, 1842 bytes, 14 ms" or "jq  yield 4".
func stepLine(st api.Step) string {
	var line strings.Builder
	what := st.What
	if st.Method != "" {
		// A request that is not called "request" is a step of the kind, such as the stream that a browser requested.
		if what == "request" {
			what = st.Method
		} else {
			what += " " + st.Method
		}
	}
	line.WriteString(what)
	if st.URL != "" {
		line.WriteString(" " + st.URL)
	}
	var facts []string
	if st.Status > 0 {
		facts = append(facts, strconv.Itoa(st.Status))
	} else if st.Method != "" {
		facts = append(facts, "no answer")
	}
	if st.Bytes > 0 || st.Status > 0 {
		facts = append(facts, fmt.Sprintf("%d bytes", st.Bytes))
	}
	if st.DurationMS > 0 || st.Method != "" {
		facts = append(facts, fmt.Sprintf("%d ms", st.DurationMS))
	}
	if st.Method == "" {
		facts = append(facts, fmt.Sprintf("yield %d", st.Yield))
	}
	line.WriteString("  " + strings.Join(facts, ", "))
	if st.Error != "" {
		line.WriteString("; " + st.Error)
	}
	return line.String()
}
