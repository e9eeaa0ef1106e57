// Package browser is the source kind for pages whose tokens only a browser can make. It opens the page in a headless
// Chromium or Chrome on this machine, lets its scripts run, and returns the requests that are streams, with the headers
// that the page sent.
//
// Each run starts a browser with a fresh profile, which is removed after the run. All its requests go through a proxy
// inside this process that applies the source's guard, so the browser cannot bypass it. Pages that can be read without
// scripts belong to kind page, which takes a hundredth of the time and memory.
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
	// quietFor is how long a loaded page without a stream may make no requests before the run ends: players start some
	// seconds after their page.
	quietFor = 5 * time.Second
	// moreFor is how long to wait for further streams after each one, and moreAtMost bounds that wait in total.
	moreFor    = 1500 * time.Millisecond
	moreAtMost = 8 * time.Second
	// pollEvery is the interval at which the run checks whether it is finished.
	pollEvery = 50 * time.Millisecond
)

// defaultMatch finds HLS playlists by their URL, playlistTypes by their media type (RFC 8216, section 4).
var (
	defaultMatch  = regexp.MustCompile(`(?i)^[^?#]*\.m3u8?(?:[?#;/]|$)`)
	playlistTypes = map[string]bool{
		"application/vnd.apple.mpegurl": true, "application/x-mpegurl": true, "audio/mpegurl": true, "audio/x-mpegurl": true,
	}
)

// Extractor is the extractor of kind "browser". It runs one browser at a time.
type Extractor struct {
	dialer Dialer
	// path is the browser's executable; "" for the one that Find returns.
	path   string
	turns  chan struct{}
	quiet  time.Duration
	launch launcher
	// requirePassword makes the proxy require its password from the browser, too.
	requirePassword bool
}

var (
	_ extract.Extractor = (*Extractor)(nil)
	_ extract.Checker   = (*Extractor)(nil)
	_ extract.Queue     = (*Extractor)(nil)
)

// New returns the extractor. dialer makes the browser's encrypted connections; path is the browser's executable, "" for
// the one that Find finds.
func New(dialer Dialer, path string) *Extractor {
	return &Extractor{dialer: dialer, path: path, turns: make(chan struct{}, 1), quiet: quietFor, launch: launch, requirePassword: !ownersKnown()}
}

// Check returns an error if the source's match is not a regular expression.
func (*Extractor) Check(src source.Source) error {
	if _, err := regexp.Compile(src.Match); err != nil {
		return src.Errorf("match", "match is not a regular expression (RE2): %v", err)
	}
	return nil
}

type turnKey struct{}

// Turn implements extract.Queue: it waits until the browser is free, before the run's timeout begins.
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

// Extract opens the source's page in a browser, and returns the requests that match.
func (e *Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) (found []extract.Found, err error) {
	start := time.Now()
	if err := e.Check(src); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, stoppedError(src, err, 0)
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
	proxy, err := newEgressProxy(site, e.dialer, e.requirePassword)
	if err != nil {
		return nil, fmt.Errorf("the browser's proxy cannot listen: %w", err)
	}
	defer proxy.close()
	r := newRun(src, site, proxy, e.quiet)
	if r.process, err = e.launch(path, proxy.addr, r.onEvent); err != nil {
		return nil, err
	}
	r.browser = r.process
	close(r.started)
	defer func() {
		if err := r.process.kill(); err != nil && !errors.Is(err, os.ErrNotExist) {
			site.Note("the browser's profile could not be removed: "+plain(err), 0)
		}
	}()
	err = r.open(ctx, cookies)
	if err == nil {
		err = r.wait(ctx)
	}
	title := r.title(ctx)
	r.trace(start)
	// Streams that were found before the timeout count.
	if found = r.found(title); len(found) > 0 && (err == nil || errors.Is(err, context.DeadlineExceeded)) {
		site.Note("streams", len(found))
		return found, nil
	}
	if err == nil {
		err = r.noStreamError()
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
	re := regexp.MustCompile(src.Match) // Check has validated it
	return func(url, _ string) bool { return re.MatchString(url) }
}
