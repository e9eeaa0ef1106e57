package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"gridwall/backend/extract"
	"gridwall/backend/httpclient"
)

const (
	// maxRequests bounds the requests that are recorded for one run; busy pages make some hundred.
	maxRequests = 5000
	// maxPlaylist bounds a playlist that is inspected, in bytes.
	maxPlaylist = 4 << 20
	// maxPlaylists limits the playlists inspected in one run, in bytes: compressed, thousands of them cost a site almost nothing.
	maxPlaylists = 32 << 20
)

// request is one request of the page, from its first address to its end.
type request struct {
	id      network.RequestID
	session target.SessionID
	kind    network.ResourceType
	method  string
	// url is the first address, before redirects; last the one that answered.
	url, last string
	hops      []string
	headers   http.Header
	sent      bool // headers are what was really sent, not what the renderer intended
	status    int64
	mime      string
	bytes     int64
	begin     time.Time
	took      time.Duration
	done      bool
	failed    string // Chromium's error, such as net::ERR_FAILED
	cors      bool
	matched   bool
	body      []byte // of a playlist
}

type requestKey struct {
	session target.SessionID
	id      network.RequestID
}

// recorder records what the page does. heard runs in the connection's goroutine, everything else in the run's.
type recorder struct {
	matches func(url, mime string) bool
	// started delays events until there is a browser to answer them.
	started chan struct{}
	browser *process
	// own are the headers for the site's own requests, agent the User-Agent for all.
	own         http.Header
	site, agent string
	// password is the proxy's; it is given if asks is set.
	password string
	asks     bool
	playlist func(*request)

	mu       sync.Mutex
	page     target.SessionID
	targetID target.ID
	attached chan struct{}
	loaded   bool
	looked   int64     // the bytes of the playlists so far
	active   time.Time // of the last activity on the network
	newest   time.Time // of the last new match
	first    time.Time // of the first match
	all      map[requestKey]*request
	order    []*request
	early    map[requestKey]http.Header
	main     *request
	fatal    error
}

func decode[E any](params jsonv2.Value) (E, bool) {
	var e E
	err := jsonv2.Unmarshal(params, &e, chromedp.DefaultUnmarshalOptions)
	return e, err == nil
}

// heard handles one event.
func (w *recorder) heard(session target.SessionID, method string, params jsonv2.Value) {
	<-w.started
	switch method {
	case target.AttachedToTarget.Method:
		if e, ok := decode[target.EventAttachedToTarget](params); ok {
			w.attach(e)
		}
		return
	case fetch.RequestPaused.Method:
		if e, ok := decode[fetch.EventRequestPaused](params); ok {
			p := fetch.ContinueRequestParams{RequestID: e.RequestID}
			if len(w.own) > 0 && strings.HasPrefix(e.Request.URL, w.site+"/") {
				p.Headers = w.withOwn(e.Request.Headers)
			}
			w.browser.send(session, fetch.ContinueRequest.Method, p)
		}
		return
	case fetch.AuthRequired.Method:
		if e, ok := decode[fetch.EventAuthRequired](params); ok {
			w.login(session, e)
		}
		return
	case page.JavascriptDialogOpening.Method:
		// A dialog waits for its answer, and blocks all scripts of the page.
		w.browser.send(session, page.HandleJavaScriptDialog.Method, page.HandleJavaScriptDialogParams{Accept: true})
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch method {
	case page.LoadEventFired.Method:
		w.loaded = w.loaded || session == w.page
	case network.RequestWillBeSent.Method:
		if e, ok := decode[network.EventRequestWillBeSent](params); ok {
			w.sent(session, e)
		}
	case network.RequestWillBeSentExtraInfo.Method:
		if e, ok := decode[network.EventRequestWillBeSentExtraInfo](params); ok {
			key := requestKey{session, e.RequestID}
			if r := w.all[key]; r == nil {
				if _, has := w.early[key]; !has && len(w.early) < maxRequests {
					w.early[key] = headerOf(e.Headers)
				}
			} else if !r.sent && len(r.hops) == 0 {
				r.headers, r.sent = headerOf(e.Headers), true
			}
		}
	case network.ResponseReceived.Method:
		if e, ok := decode[network.EventResponseReceived](params); ok {
			key := requestKey{session, e.RequestID}
			if w.all[key] == nil {
				w.missed(key, e)
			}
			w.answered(w.all[key], e)
		}
	case network.DataReceived.Method:
		if e, ok := decode[network.EventDataReceived](params); ok {
			w.active = time.Now()
			if r := w.all[requestKey{session, e.RequestID}]; r != nil {
				if r.bytes += e.DataLength; r == w.main && r.bytes > extract.MaxAnswer {
					w.fail(fmt.Errorf("answered more than %d MiB: %w", extract.MaxAnswer>>20, extract.ErrTooLarge))
				}
			}
		}
	case network.LoadingFinished.Method:
		if e, ok := decode[network.EventLoadingFinished](params); ok {
			if r := w.all[requestKey{session, e.RequestID}]; r != nil {
				w.end(r, "")
				if r.matched && r.status < 400 && r.bytes <= maxPlaylist && w.looked+r.bytes <= maxPlaylists {
					w.looked += r.bytes
					w.playlist(r)
				}
			}
		}
	case network.LoadingFailed.Method:
		if e, ok := decode[network.EventLoadingFailed](params); ok {
			if r := w.all[requestKey{session, e.RequestID}]; r != nil {
				r.cors = e.CorsErrorStatus != nil
				w.end(r, e.ErrorText)
			}
		}
	}
}

// attach makes a new target report its requests, and starts it.
func (w *recorder) attach(e target.EventAttachedToTarget) {
	b, s := w.browser, e.SessionID
	kind := e.TargetInfo.Type
	if kind == "browser_ui" { // Chromium's own, which loads its own pages
		b.send(s, runtime.RunIfWaitingForDebugger.Method, struct{}{})
		return
	}
	first := false
	w.mu.Lock()
	w.active = time.Now() // a new frame or worker will request something
	if first = kind == "page" && w.page == ""; first {
		w.page, w.targetID = s, e.TargetInfo.TargetID
	}
	w.mu.Unlock()
	yes := true
	b.send(s, network.Enable.Method, network.EnableParams{})
	if w.agent != "" {
		b.send(s, emulation.SetUserAgentOverride.Method, emulation.SetUserAgentOverrideParams{UserAgent: w.agent})
	}
	switch {
	case w.asks:
		// Any request may be the first for which the proxy requires the password; the browser repeats it from then on.
		b.send(s, fetch.Enable.Method, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}, HandleAuthRequests: &w.asks})
	case len(w.own) > 0:
		b.send(s, fetch.Enable.Method, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: w.site + "/*"}}})
	}
	if kind == "page" || kind == "iframe" {
		b.send(s, page.Enable.Method, page.EnableParams{})
	}
	b.send(s, target.SetAutoAttach.Method, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes})
	b.send(s, runtime.RunIfWaitingForDebugger.Method, struct{}{})
	if first {
		// Only now may the run load the page: requests before would never be reported.
		close(w.attached)
	}
}

// login answers a host that asks for a password: the proxy gets it, a site gets the answer of a user without one.
func (w *recorder) login(session target.SessionID, e fetch.EventAuthRequired) {
	answer := fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if e.AuthChallenge != nil && e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy {
		answer = fetch.AuthChallengeResponse{
			Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: proxyUser, Password: w.password,
		}
	}
	w.browser.send(session, fetch.ContinueWithAuth.Method, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: &answer})
}

// withOwn returns a request's headers, overlaid by those of the source's file.
func (w *recorder) withOwn(given network.Headers) (out []*fetch.HeaderEntry) {
	h := headerOf(given)
	for name, values := range w.own {
		h[name] = values
	}
	for name, values := range h {
		out = append(out, &fetch.HeaderEntry{Name: name, Value: values[0]})
	}
	return out
}

// sent records a request, or its next hop. The caller holds w.mu, as for the next three.
func (w *recorder) sent(session target.SessionID, e network.EventRequestWillBeSent) {
	w.active = time.Now()
	key := requestKey{session, e.RequestID}
	if r := w.all[key]; r != nil && e.RedirectResponse != nil {
		r.hops = append(r.hops, r.last)
		if r.last = e.Request.URL; r == w.main {
			w.redirected(r)
		}
		return
	}
	if len(w.order) >= maxRequests || !strings.HasPrefix(e.Request.URL, "http") {
		return
	}
	r := &request{
		id: e.RequestID, session: session, kind: e.Type, method: e.Request.Method, url: e.Request.URL, last: e.Request.URL,
		headers: headerOf(e.Request.Headers), begin: time.Now(),
	}
	if first := e.RedirectResponse; first != nil {
		// The renderer reported the first hop too late, or never.
		r.url, r.hops = first.URL, []string{first.URL}
	}
	if raw, ok := w.early[key]; ok {
		r.headers, r.sent = raw, true
		delete(w.early, key)
	}
	w.all[key] = r
	w.order = append(w.order, r)
	if w.main == nil && session == w.page && e.Type == network.ResourceTypeDocument {
		w.main = r
	}
	w.match(r)
}

// missed records a request that is reported only by its response: the renderer of a pop-up may begin to report after
// its first scripts. The headers are those that a browser sends (the default referrer policy).
func (w *recorder) missed(key requestKey, e network.EventResponseReceived) {
	if w.main == nil || len(w.order) >= maxRequests || !strings.HasPrefix(e.Response.URL, "http") {
		return
	}
	r := &request{
		id: key.id, session: key.session, kind: e.Type, method: http.MethodGet, url: e.Response.URL, last: e.Response.URL,
		headers: headerOf(e.Response.RequestHeaders), begin: time.Now(),
	}
	if raw, ok := w.early[key]; ok {
		r.headers, r.sent = raw, true
		delete(w.early, key)
	}
	if r.headers.Get("Referer") == "" {
		referer, _, _ := strings.Cut(w.main.last, "#")
		if originOf(referer) != originOf(r.url) {
			referer = originOf(referer) + "/"
		}
		r.headers.Set("Referer", referer)
	}
	w.all[key] = r
	w.order = append(w.order, r)
}

func (w *recorder) match(r *request) {
	if r.matched || r == w.main || r.method != http.MethodGet || !w.matches(r.url, r.mime) {
		return
	}
	r.matched = true
	w.newest = time.Now()
	if w.first.IsZero() {
		w.first = w.newest
	}
}

func (w *recorder) answered(r *request, e network.EventResponseReceived) {
	w.active = time.Now()
	if r == nil {
		return
	}
	r.status, r.mime, r.took = e.Response.Status, e.Response.MimeType, time.Since(r.begin)
	w.match(r)
	if r != w.main {
		return
	}
	if n, _ := strconv.ParseInt(headerOf(e.Response.Headers).Get("Content-Length"), 10, 64); n > extract.MaxAnswer {
		w.fail(fmt.Errorf("answered more than %d MiB: %w", extract.MaxAnswer>>20, extract.ErrTooLarge))
	}
	if r.status < 200 || r.status > 299 {
		status := strings.TrimSpace(fmt.Sprintf("%d %s", r.status, http.StatusText(int(r.status))))
		w.fail(&statusError{status})
	}
}

func (w *recorder) end(r *request, failed string) {
	w.active = time.Now()
	r.took, r.done, r.failed = time.Since(r.begin), true, failed
}

func (w *recorder) fail(err error) {
	if w.fatal == nil {
		w.fatal = err
	}
}

// redirected bounds the redirects of the page itself, as every other kind does.
func (w *recorder) redirected(r *request) {
	if len(r.hops) <= httpclient.MaxRedirects {
		return
	}
	for _, hop := range r.hops {
		if hop == r.last {
			w.fail(fmt.Errorf("cannot be fetched: %w", extract.ErrRedirectLoop))
			return
		}
	}
	w.fail(fmt.Errorf("cannot be fetched: %w (more than %d)", extract.ErrTooManyRedirects, httpclient.MaxRedirects))
}

// statusError is the page's own refusal.
type statusError struct{ status string }

func (e *statusError) Error() string { return "answered " + e.status }
func (e *statusError) Unwrap() error { return extract.ErrStatus }

func headerOf(given network.Headers) http.Header {
	out := http.Header{}
	for name, value := range given {
		if s, ok := value.(string); ok && !strings.HasPrefix(name, ":") {
			out.Set(name, s)
		}
	}
	return out
}

func originOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
