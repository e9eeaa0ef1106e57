// Package browser is the source kind that opens a web page in a headless Chromium or Chrome of this machine, lets its
// scripts run, and takes those of its requests that are streams, with the headers that the page sent: for pages whose
// tokens only a browser can make.
//
// Each run starts a browser with a fresh profile, which is removed after the run. All its requests go through a proxy
// inside this process that applies the source's guard, so the browser cannot bypass it. A page that can be read without
// scripts belongs to kind page, which takes a hundredth of the time and memory.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"gridwall/backend/cookies"
	"gridwall/backend/extract"
	"gridwall/backend/source"
)

const (
	// quietFor is how long a loaded page without a stream may make no request before the run ends: players begin some
	// seconds after their page.
	quietFor = 5 * time.Second
	// moreFor is how long to wait for further streams after one, and moreAtMost bounds that altogether.
	moreFor    = 1500 * time.Millisecond
	moreAtMost = 8 * time.Second
	// pollEvery is the interval at which the run checks whether it is finished.
	pollEvery = 50 * time.Millisecond
)

// defaultMatch finds HLS playlists by their address, playlistTypes by their media type (RFC 8216, section 4).
var (
	defaultMatch  = regexp.MustCompile(`(?i)^[^?#]*\.m3u8?(?:[?#;/]|$)`)
	playlistTypes = map[string]bool{
		"application/vnd.apple.mpegurl": true, "application/x-mpegurl": true, "audio/mpegurl": true, "audio/x-mpegurl": true,
	}
)

// Extractor is the extractor of kind "browser". One runs one browser at a time.
type Extractor struct {
	dialer Dialer
	// path is the browser; "" for the one that Find returns.
	path   string
	turns  chan struct{}
	quiet  time.Duration
	launch launcher
	// asks makes the browser give the proxy's password too.
	asks bool
}

var (
	_ extract.Extractor = (*Extractor)(nil)
	_ extract.Checker   = (*Extractor)(nil)
	_ extract.Queue     = (*Extractor)(nil)
)

// New returns the extractor. dialer makes the browser's encrypted connections; path names the browser, "" for the one
// of this machine.
func New(dialer Dialer, path string) *Extractor {
	return &Extractor{dialer: dialer, path: path, turns: make(chan struct{}, 1), quiet: quietFor, launch: launch, asks: !ownersKnown()}
}

// Check compiles the source's expression.
func (*Extractor) Check(src source.Source) error {
	if _, err := regexp.Compile(src.Match); err != nil {
		return src.Errorf("match", "match is not a regular expression (RE2): %v", err)
	}
	return nil
}

type turnKey struct{}

// Turn waits until the browser is free, so that the wait does not count as the run's time.
func (e *Extractor) Turn(ctx context.Context) (context.Context, func(), error) {
	if ctx.Value(turnKey{}) == e {
		return ctx, func() {}, nil
	}
	select {
	case e.turns <- struct{}{}:
		return context.WithValue(ctx, turnKey{}, e), func() { <-e.turns }, nil
	case <-ctx.Done():
		return ctx, nil, fmt.Errorf("the browser was busy with other sources: %w", ctx.Err())
	}
}

// Extract opens the source's page, and returns the requests that match.
func (e *Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) (found []extract.Found, err error) {
	start := time.Now()
	if err := e.Check(src); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, stopped(src, err, 0)
	}
	ctx, done, err := e.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	path, err := Find(e.path)
	if err != nil {
		return nil, err
	}
	cookies, err := cookies.Read(src.Cookies, time.Now())
	if err != nil {
		return nil, err
	}
	g, err := newEgressProxy(site, e.dialer, e.asks)
	if err != nil {
		return nil, fmt.Errorf("the browser's proxy cannot listen: %w", err)
	}
	defer g.close()
	r := newRun(src, site, g, e.quiet)
	if r.process, err = e.launch(path, g.addr, r.heard); err != nil {
		return nil, err
	}
	r.browser = r.process
	close(r.started)
	defer func() {
		if gone := r.process.kill(); gone != nil && !errors.Is(gone, os.ErrNotExist) {
			site.Note("the browser's profile could not be removed: "+plain(gone), 0)
		}
	}()
	err = r.open(ctx, cookies)
	if err == nil {
		err = r.wait(ctx)
	}
	title := r.title(ctx)
	r.trace(start)
	// Streams found before the time was over, or before the page failed, count.
	if found = r.found(title); len(found) > 0 && (err == nil || errors.Is(err, context.DeadlineExceeded)) {
		site.Note("streams", len(found))
		return found, nil
	}
	if err == nil {
		err = r.none()
	}
	return nil, err
}

// matcher returns a function that reports whether a request is a stream.
func matcher(src source.Source) func(url, mime string) bool {
	if src.Match == "" {
		return func(url, mime string) bool {
			return defaultMatch.MatchString(url) || playlistTypes[strings.ToLower(mime)]
		}
	}
	re := regexp.MustCompile(src.Match) // Check compiled it
	return func(url, _ string) bool { return re.MatchString(url) }
}
