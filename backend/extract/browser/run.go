package browser

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"

	"gridwall/backend/cookies"
	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// run is one page in one browser.
type run struct {
	*recorder
	process *process
	src     source.Source
	proxy   *egressProxy
	site    *extract.Site
	quiet   time.Duration
	begin   time.Time
	product string
	reading sync.WaitGroup
	// stopNavigation stops waiting for the answer to the command that loads the page.
	stopNavigation context.CancelFunc
}

func newRun(src source.Source, site *extract.Site, proxy *egressProxy, quiet time.Duration) *run {
	r := &run{src: src, proxy: proxy, site: site, quiet: quiet, begin: time.Now()}
	own := http.Header{}
	for name, value := range src.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "User-Agent", "Cookie", "Accept-Encoding", "Host":
			// User-Agent and Cookie are set for the whole browser. The browser itself sets the others.
		default:
			own.Set(name, value)
		}
	}
	r.recorder = &recorder{
		matches: matcher(src), started: make(chan struct{}), attached: make(chan struct{}), siteHeaders: own, origin: originOf(src.URL),
		password: proxy.password, requirePassword: proxy.requirePassword,
		all: map[requestKey]*request{}, earlyHeaders: map[requestKey]http.Header{}, active: time.Now(),
	}
	r.playlist = r.readPlaylist
	return r
}

// shown returns the page's redacted address.
func (r *run) shown() string { return stream.RedactURL(r.src.URL) }

func (r *run) failed(err error, format string, args ...any) error {
	return &extract.FetchError{URL: r.shown(), Err: err, Msg: fmt.Sprintf(format, args...)}
}

// open opens a tab and loads the page.
func (r *run) open(ctx context.Context, cookies []cookies.Cookie) error {
	var version cdpbrowser.GetVersionResult
	if err := r.call(ctx, "", cdpbrowser.GetVersion.Method, struct{}{}, &version); err != nil {
		return err
	}
	// Sites refuse a browser whose User-Agent says "Headless". A token may depend on the User-Agent, so the stream is
	// requested with the same one.
	r.mu.Lock()
	r.product, r.userAgent = version.Product, strings.ReplaceAll(version.UserAgent, "Headless", "")
	for name, value := range r.src.Headers {
		if strings.EqualFold(name, "User-Agent") {
			r.userAgent = value
		}
	}
	r.mu.Unlock()
	r.browser.send("", cdpbrowser.SetDownloadBehavior.Method, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny})
	if params := r.cookies(cookies); len(params) > 0 {
		// Set one by one: a cookie that the browser rejects must not prevent the others.
		for _, c := range params {
			r.browser.send("", storage.SetCookies.Method, storage.SetCookiesParams{Cookies: []*network.CookieParam{c}})
		}
	}
	yes := true
	if err := r.call(ctx, "", target.SetAutoAttach.Method, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes}, nil); err != nil {
		return err
	}
	if err := r.call(ctx, "", target.CreateTarget.Method, target.CreateTargetParams{URL: "about:blank"}, nil); err != nil {
		return err
	}
	select {
	case <-r.attached:
	case <-r.browser.disconnected:
		return r.exitError()
	case <-ctx.Done():
		return stoppedError(r.src, ctx.Err(), time.Since(r.begin))
	}
	// If the renderer is replaced before it has answered, its commands take effect only after the first scripts of its
	// replacement have run. So wait for an answer of each domain.
	for _, method := range []string{network.Enable.Method, page.Enable.Method} {
		if err := r.call(ctx, r.page, method, struct{}{}, nil); err != nil {
			return err
		}
	}
	r.navigate(ctx)
	return nil
}

// navigate loads the page. It does not wait for the answer, which comes with the page's response header and may be late:
// events report the rest, except sometimes that the page could not be opened, if its renderer is replaced meanwhile.
func (r *run) navigate(ctx context.Context) {
	ctx, r.stopNavigation = context.WithCancel(ctx)
	r.reading.Go(func() {
		var answer page.NavigateResult
		params := page.NavigateParams{URL: r.src.URL, Referrer: r.siteHeaders.Get("Referer")}
		if r.browser.call(ctx, r.page, page.Navigate.Method, params, &answer) != nil || answer.ErrorText == "" {
			return // events report everything else
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.main == nil {
			r.main = &request{last: r.src.URL, begin: r.begin}
		}
		if r.main.failed == "" {
			r.end(r.main, answer.ErrorText)
		}
	})
}

func (r *run) call(ctx context.Context, s target.SessionID, method string, params, result any) error {
	err := r.browser.call(ctx, s, method, params, result)
	switch {
	case errors.Is(err, errDisconnected):
		return r.exitError()
	case err != nil && ctx.Err() != nil:
		return stoppedError(r.src, ctx.Err(), time.Since(r.begin))
	case err != nil:
		return fmt.Errorf("%s rejected a DevTools command: %s", r.process.name, stream.RedactText(err.Error()))
	}
	return nil
}

// cookies returns the cookies of the source's cookies.txt and of its Cookie header.
func (r *run) cookies(file []cookies.Cookie) (out []*network.CookieParam) {
	for _, c := range file {
		p := &network.CookieParam{Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, Domain: c.Domain}
		if _, err := netip.ParseAddr(c.Domain); err != nil && !c.HostOnly {
			p.Domain = "." + c.Domain
		}
		if !c.Expires.IsZero() {
			p.Expires = cdp.TimeSinceEpoch(c.Expires.Unix())
		}
		out = append(out, p)
	}
	for name, value := range r.src.Headers {
		if !strings.EqualFold(name, "Cookie") {
			continue
		}
		cookies, _ := http.ParseCookie(value)
		for _, c := range cookies {
			out = append(out, &network.CookieParam{Name: c.Name, Value: c.Value, URL: r.src.URL})
		}
	}
	return out
}

// readPlaylist reads the body of a playlist that the page fetched. The caller holds r.mu.
func (r *run) readPlaylist(q *request) {
	r.reading.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), moreFor)
		defer cancel()
		var body network.GetResponseBodyResult
		if r.browser.call(ctx, q.session, network.GetResponseBody.Method, network.GetResponseBodyParams{RequestID: q.id}, &body) != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		q.body = body.Body
	})
}

// wait waits until the page is finished: it returns nil, or why the page cannot finish.
func (r *run) wait(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	defer r.reading.Wait()
	defer r.stopNavigation()
	for {
		select {
		case <-tick.C:
			if done, err := r.finished(time.Now()); done {
				return err
			}
		case <-r.browser.disconnected:
			return r.exitError()
		case <-r.proxy.exhausted:
			return r.failed(extract.ErrTooLarge, "fetched more than %d MiB and was stopped", maxRun>>20)
		case <-ctx.Done():
			return stoppedError(r.src, ctx.Err(), time.Since(r.begin))
		}
	}
}

// finished reports whether the run is finished, and the error if it failed.
func (r *run) finished(now time.Time) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fatal != nil {
		return true, r.failed(r.fatal, "%s", r.fatal)
	}
	if m := r.main; m != nil && m.failed != "" {
		return true, r.loadError(m)
	}
	if !r.firstMatch.IsZero() {
		return now.Sub(r.newestMatch) > moreFor && r.allAnswered() || now.Sub(r.firstMatch) > moreAtMost, nil
	}
	return r.loaded && now.Sub(r.active) > r.quiet, nil
}

// allAnswered reports whether all matching requests have ended, so that it is known which are streams.
func (r *run) allAnswered() bool {
	return !slices.ContainsFunc(r.order, func(q *request) bool { return q.matched && !q.done })
}

// loadError returns why the page did not load, in words that a user understands.
func (r *run) loadError(m *request) error {
	if u, err := url.Parse(m.last); err == nil {
		port := map[string]string{"https": "443"}[u.Scheme]
		if port == "" {
			port = "80"
		}
		if why := r.proxy.refusal(withPort(u.Host, port)); why != nil {
			return r.failed(why, "is refused: %s", stream.RedactText(why.Error()))
		}
	}
	word := strings.TrimPrefix(m.failed, "net::")
	switch word {
	case "ERR_TOO_MANY_REDIRECTS":
		return r.failed(extract.ErrTooManyRedirects, "cannot be fetched: %v", extract.ErrTooManyRedirects)
	case "ERR_UNSAFE_REDIRECT", "ERR_DISALLOWED_URL_SCHEME", "ERR_UNKNOWN_URL_SCHEME":
		return r.failed(extract.ErrScheme, "redirected to an address that is neither http nor https: %v", extract.ErrScheme)
	case "ERR_INVALID_REDIRECT", "ERR_INVALID_URL":
		return r.failed(nil, "redirected to an address that cannot be read")
	case "ERR_CONTENT_LENGTH_MISMATCH", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_CLOSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET":
		return r.failed(net.ErrClosed, "closed the connection before its answer was complete")
	case "ERR_ABORTED":
		return r.failed(extract.ErrWebPage, "did not answer with a web page: the browser would save the answer as a file")
	case "ERR_TUNNEL_CONNECTION_FAILED", "ERR_PROXY_CONNECTION_FAILED", "ERR_NAME_NOT_RESOLVED":
		return r.failed(nil, "could not be reached: check its name, and this machine's network")
	}
	return r.failed(nil, "could not be opened: %s", word)
}

// exitError returns the error of a browser that exited during the run.
func (r *run) exitError() error {
	why := fmt.Sprintf("%s ended before the page was read", r.process.name)
	select {
	case <-r.process.exited:
	case <-time.After(killWait):
	}
	// Only the output of its start explains an exit.
	if last := r.process.lastOutput(); last != "" && r.product == "" {
		why += "; its last output: " + last
	}
	return errors.New(why)
}

// stoppedError returns the error of a run whose context has ended.
func stoppedError(src source.Source, cause error, took time.Duration) error {
	shown := stream.RedactURL(src.URL)
	if errors.Is(cause, context.DeadlineExceeded) {
		return &extract.FetchError{URL: shown, Err: fmt.Errorf("%w: %w", extract.ErrTimeout, cause), Msg: fmt.Sprintf(
			"requested no stream within %s in the browser; if it is only slow, raise timeout in the source's file", took.Round(100*time.Millisecond))}
	}
	return &extract.FetchError{URL: shown, Err: cause, Msg: "was abandoned: the extraction was cancelled"}
}

// title returns the page's title, or "" if it has none. The browser knows it even if the page hangs.
func (r *run) title(ctx context.Context) string {
	r.mu.Lock()
	id := r.targetID
	r.mu.Unlock()
	if id == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), moreFor/3)
	defer cancel()
	var info target.GetTargetInfoResult
	if r.browser.call(ctx, "", target.GetTargetInfo.Method, target.GetTargetInfoParams{TargetID: id}, &info) != nil || info.TargetInfo == nil {
		return ""
	}
	if u, err := url.Parse(r.src.URL); err == nil && (strings.HasPrefix(info.TargetInfo.Title, u.Host) || strings.Contains(info.TargetInfo.Title, "://")) {
		return "" // the browser's title for an untitled page is its address, including the token
	}
	return extract.CleanTitle(info.TargetInfo.Title)
}
