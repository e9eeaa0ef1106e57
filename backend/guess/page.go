package guess

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// maxFrames bounds the nesting of iframes that are searched.
	maxFrames = 2
	// programTimeout and browserTimeout bound the run of a program and of the browser; both are part of the proposal.
	programTimeout = 45 * time.Second
	browserTimeout = 45 * time.Second
)

// pageDrafts returns the possible sources for the web page at d.URL, the cheapest first: addresses of playlists on the page and in
// its iframes, then yt-dlp and Streamlink, if they are installed and programs are permitted, then the requests of a browser.
func (g Guesser) pageDrafts(d source.Source) (out []source.Source) {
	d.Kind = "page"
	for range maxFrames + 1 {
		out = append(out, d)
		d.Follow = append(d.Follow[:len(d.Follow):len(d.Follow)], source.Follow{Select: "iframe"})
	}
	d.Follow = nil
	if g.Programs {
		// The page's address is untrusted: it must not be read as an option.
		for _, command := range [][]string{
			{"yt-dlp", "-J", "--no-warnings", "--ignore-config", "--", d.URL}, {"streamlink", "--json", "--url", d.URL},
		} {
			if _, err := exec.LookPath(command[0]); err == nil {
				d := d
				d.Kind, d.Format, d.Command, d.Timeout = "command", command[0], command, programTimeout
				out = append(out, d)
			}
		}
	}
	d.Kind, d.Timeout = "browser", browserTimeout
	return append(out, d)
}

// guessPage tries the drafts one after the other. Its error contains the result of each.
func (g Guesser) guessPage(ctx context.Context, d source.Source, page *extract.Page, t extract.Transports, steps []extract.Step) (Proposal, error) {
	// Programs get the address unchanged, so it must be nothing but an address.
	if _, err := weburl.Parse(d.URL); err != nil {
		return Proposal{}, fetchError(page.Shown(), extract.ErrScheme, "is not an address")
	}
	var tried, dead []string
	scripted := ""
	for _, draft := range g.pageDrafts(d) {
		if g.Registry[draft.Kind] == nil {
			continue
		}
		p, err := g.tryFor(ctx, draft, page, t)
		if err == nil {
			steps = append(steps, p.Steps...)
			why := unplayable(ctx, p, t)
			if why == "" {
				p.Steps = steps
				if len(dead) > 0 {
					p.remark(strings.Join(dead, "; ") + "; this finds one that can be")
				}
				return p, ctx.Err()
			}
			dead = append(dead, fmt.Sprintf("what %s finds cannot be played (%s)", means(draft), why))
			continue
		}
		if ctx.Err() != nil {
			return Proposal{}, err
		}
		switch {
		case draft.Kind == "page" && len(dead) > 0:
		case errors.Is(err, extract.ErrScript):
			scripted = "the page " + extract.ErrScript.Error()
		case draft.Kind == "page" && len(draft.Follow) == 0:
			tried = append(tried, "no address of a playlist stands on it or in its iframes")
		case draft.Kind == "command":
			tried = append(tried, err.Error())
		case draft.Kind == "browser":
			tried = append(tried, "browser: "+err.Error())
		}
	}
	if len(dead) > 0 {
		return Proposal{}, fetchError(page.Shown(), errors.Join(stream.ErrNoStreams, extract.ErrWebPage), "answered %v, and nothing on it can be played: %s", extract.ErrWebPage, strings.Join(append(dead, tried...), "; "))
	}
	if scripted != "" {
		tried = append([]string{scripted}, tried...)
	}
	came := ""
	if len(tried) > 0 {
		came = " (" + strings.Join(tried, "; ") + ")"
	}
	return Proposal{}, fetchError(page.Shown(), extract.ErrWebPage, "answered %v, and nothing found a stream on it%s; a source of kind page says where on a page its streams stand",
		extract.ErrWebPage, came)
}

// means returns the name of a draft's method for messages.
func means(d source.Source) string {
	switch {
	case d.Kind == "page" && len(d.Follow) == 0:
		return "the page"
	case d.Kind == "page":
		return "its iframe"
	case d.Kind == "command":
		return d.Command[0]
	}
	return "the browser"
}

// tryFor returns try, within the draft's own timeout.
func (g Guesser) tryFor(ctx context.Context, d source.Source, page *extract.Page, t extract.Transports) (Proposal, error) {
	if d.Timeout > 0 {
		if q, ok := g.Registry[d.Kind].(extract.Queue); ok {
			held, done, err := q.Turn(ctx)
			if err != nil {
				return Proposal{}, err
			}
			defer done()
			ctx = held
		}
		limited, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		ctx = limited
	}
	p, err := g.try(ctx, d, page, t)
	if err != nil {
		return p, fmt.Errorf("%w", err)
	}
	return p, nil
}
