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
	// maxFrames bounds how deeply nested iframes are searched.
	maxFrames = 2
	// programTimeout and browserTimeout bound the run of a program and of the browser. They become the timeout of the proposal.
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

// guessPage tries the drafts for a web page one after the other. Its error contains the result of each.
func (g Guesser) guessPage(ctx context.Context, d source.Source, page *extract.Page, t extract.Transports, steps []extract.Step) (Proposal, error) {
	// Programs receive the address unchanged, so it must be nothing but an address.
	if _, err := weburl.Parse(d.URL); err != nil {
		return Proposal{}, fetchError(page.Shown(), extract.ErrScheme, "is not an address")
	}
	var tried, unplayed []string // the results of drafts that found nothing, and nothing that can be played
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
				if len(unplayed) > 0 {
					p.remark(strings.Join(unplayed, "; ") + "; this source finds one that can")
				}
				return p, ctx.Err()
			}
			unplayed = append(unplayed, fmt.Sprintf("the stream found %s cannot be played (%s)", where(draft), why))
			continue
		}
		if ctx.Err() != nil {
			return Proposal{}, err
		}
		switch {
		case draft.Kind == "page" && len(unplayed) > 0:
		case errors.Is(err, extract.ErrScript):
			scripted = "the page " + extract.ErrScript.Error()
		case draft.Kind == "page" && len(draft.Follow) == 0:
			tried = append(tried, "no playlist address was found on it or in its iframes")
		case draft.Kind == "command":
			tried = append(tried, err.Error())
		case draft.Kind == "browser":
			tried = append(tried, "browser: "+err.Error())
		}
	}
	if len(unplayed) > 0 {
		return Proposal{}, fetchError(page.Shown(), errors.Join(stream.ErrNoStreams, extract.ErrWebPage), "answered %v, and nothing on it can be played: %s", extract.ErrWebPage, strings.Join(append(unplayed, tried...), "; "))
	}
	if scripted != "" {
		tried = append([]string{scripted}, tried...)
	}
	details := ""
	if len(tried) > 0 {
		details = " (" + strings.Join(tried, "; ") + ")"
	}
	return Proposal{}, fetchError(page.Shown(), extract.ErrWebPage, "answered %v, and no stream was found on it%s; a source of kind page can say where its streams are",
		extract.ErrWebPage, details)
}

// where returns where a draft searches, for messages.
func where(d source.Source) string {
	switch {
	case d.Kind == "page" && len(d.Follow) == 0:
		return "on the page"
	case d.Kind == "page":
		return "in its iframe"
	case d.Kind == "command":
		return "by " + d.Command[0]
	}
	return "by the browser"
}

// tryFor is try within the draft's own timeout. A kind with a queue is tried when it is its turn.
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
	return g.try(ctx, d, page, t)
}
