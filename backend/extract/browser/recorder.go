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
	// maxRequests bounds the requests that are recorded in one run; busy pages make a few hundred.
	maxRequests = 5000
	// maxPlaylist bounds a playlist that is inspected, in bytes.
	maxPlaylist = 4 << 20
	// maxPlaylists bounds all playlists inspected in one run, in bytes: a malicious site can send thousands of them, highly
	// compressed.
	maxPlaylists = 32 << 20
)

// request is one request of the page, from its first address to its end.
type request struct {
	id      network.RequestID
	session target.SessionID
	kind    network.ResourceType
	method  string
	// url is the first address, before redirects; last is the one that answered.
	url, last string
	hops      []string
	headers   http.Header
	sent      bool // headers are those really sent, not those the renderer intended to send
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

// recorder records the page's requests. onEvent runs in the connection's goroutine, everything else in the run's.
type recorder struct {
	matches func(url, mime string) bool
	// started delays events until there is a browser to answer them.
	started chan struct{}
	browser *process
	// origin is the source's site; siteHeaders are sent to it only, userAgent with all requests.
	origin      string
	siteHeaders http.Header
	userAgent   string
	// password is the proxy's; the browser is given it if requirePassword is set.
	password        string
	requirePassword bool
	// playlist is called with each match whose body should be inspected. The caller holds mu.
	playlist func(*request)

	mu           sync.Mutex
	page         target.SessionID
	targetID     target.ID
	attached     chan struct{}
	loaded       bool
	inspected    int64     // bytes of the playlists so far
	active       time.Time // of the last network activity
	newestMatch  time.Time
	firstMatch   time.Time
	all          map[requestKey]*request
	order        []*request
	earlyHeaders map[requestKey]http.Header // reported before their request
	main         *request
	fatal        error
}

func decode[E any](params jsonv2.Value) (E, bool) {
	var e E
	err := jsonv2.Unmarshal(params, &e, chromedp.DefaultUnmarshalOptions)
	return e, err == nil
}

// onEvent handles one event.
func (rec *recorder) onEvent(session target.SessionID, method string, params jsonv2.Value) {
	<-rec.started
	switch method {
	case target.AttachedToTarget.Method:
		if e, ok := decode[target.EventAttachedToTarget](params); ok {
			rec.attach(e)
		}
		return
	case fetch.RequestPaused.Method:
		if e, ok := decode[fetch.EventRequestPaused](params); ok {
			p := fetch.ContinueRequestParams{RequestID: e.RequestID}
			if len(rec.siteHeaders) > 0 && strings.HasPrefix(e.Request.URL, rec.origin+"/") {
				p.Headers = rec.withSourceHeaders(e.Request.Headers)
			}
			rec.browser.send(session, fetch.ContinueRequest.Method, p)
		}
		return
	case fetch.AuthRequired.Method:
		if e, ok := decode[fetch.EventAuthRequired](params); ok {
			rec.authenticate(session, e)
		}
		return
	case page.JavascriptDialogOpening.Method:
		// An open dialog blocks all scripts of the page.
		rec.browser.send(session, page.HandleJavaScriptDialog.Method, page.HandleJavaScriptDialogParams{Accept: true})
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	switch method {
	case page.LoadEventFired.Method:
		// The empty page of a new tab has been loaded, too, and may say so only now.
		answered := rec.main != nil && (rec.main.status != 0 || rec.main.done)
		rec.loaded = rec.loaded || session == rec.page && answered
	case network.RequestWillBeSent.Method:
		if e, ok := decode[network.EventRequestWillBeSent](params); ok {
			rec.onRequest(session, e)
		}
	case network.RequestWillBeSentExtraInfo.Method:
		if e, ok := decode[network.EventRequestWillBeSentExtraInfo](params); ok {
			key := requestKey{session, e.RequestID}
			if r := rec.all[key]; r == nil {
				if _, has := rec.earlyHeaders[key]; !has && len(rec.earlyHeaders) < maxRequests {
					rec.earlyHeaders[key] = headerOf(e.Headers)
				}
			} else if !r.sent && len(r.hops) == 0 {
				r.headers, r.sent = headerOf(e.Headers), true
			}
		}
	case network.ResponseReceived.Method:
		if e, ok := decode[network.EventResponseReceived](params); ok {
			key := requestKey{session, e.RequestID}
			if rec.all[key] == nil {
				rec.addMissed(key, e)
			}
			rec.onResponse(rec.all[key], e)
		}
	case network.DataReceived.Method:
		if e, ok := decode[network.EventDataReceived](params); ok {
			rec.active = time.Now()
			if r := rec.all[requestKey{session, e.RequestID}]; r != nil {
				if r.bytes += e.DataLength; r == rec.main && r.bytes > extract.MaxAnswer {
					rec.fail(fmt.Errorf("answered more than %d MiB: %w", extract.MaxAnswer>>20, extract.ErrTooLarge))
				}
			}
		}
	case network.LoadingFinished.Method:
		if e, ok := decode[network.EventLoadingFinished](params); ok {
			if r := rec.all[requestKey{session, e.RequestID}]; r != nil {
				rec.end(r, "")
				if r.matched && r.status < 400 && r.bytes <= maxPlaylist && rec.inspected+r.bytes <= maxPlaylists {
					rec.inspected += r.bytes
					rec.playlist(r)
				}
			}
		}
	case network.LoadingFailed.Method:
		if e, ok := decode[network.EventLoadingFailed](params); ok {
			if r := rec.all[requestKey{session, e.RequestID}]; r != nil {
				r.cors = e.CorsErrorStatus != nil
				rec.end(r, e.ErrorText)
			}
		}
	}
}

// attach enables events for a new target, and starts it.
func (rec *recorder) attach(e target.EventAttachedToTarget) {
	b, s := rec.browser, e.SessionID
	kind := e.TargetInfo.Type
	if kind == "browser_ui" { // Chromium's own user interface
		b.send(s, runtime.RunIfWaitingForDebugger.Method, struct{}{})
		return
	}
	first := false
	rec.mu.Lock()
	rec.active = time.Now() // a new frame or worker will request something
	if first = kind == "page" && rec.page == ""; first {
		rec.page, rec.targetID = s, e.TargetInfo.TargetID
	}
	rec.mu.Unlock()
	yes := true
	b.send(s, network.Enable.Method, network.EnableParams{})
	if rec.userAgent != "" {
		b.send(s, emulation.SetUserAgentOverride.Method, emulation.SetUserAgentOverrideParams{UserAgent: rec.userAgent})
	}
	switch {
	case rec.requirePassword:
		// The proxy requires the password for the first request, whichever that is; from then on the browser repeats it.
		b.send(s, fetch.Enable.Method, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}, HandleAuthRequests: &rec.requirePassword})
	case len(rec.siteHeaders) > 0:
		b.send(s, fetch.Enable.Method, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: rec.origin + "/*"}}})
	}
	if kind == "page" || kind == "iframe" {
		b.send(s, page.Enable.Method, page.EnableParams{})
	}
	b.send(s, target.SetAutoAttach.Method, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes})
	b.send(s, runtime.RunIfWaitingForDebugger.Method, struct{}{})
	if first {
		// The run may load the page only now: earlier requests would not be reported.
		close(rec.attached)
	}
}

// authenticate answers a request for a password: the proxy gets its password, and requests of sites are cancelled.
func (rec *recorder) authenticate(session target.SessionID, e fetch.EventAuthRequired) {
	answer := fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if e.AuthChallenge != nil && e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy {
		answer = fetch.AuthChallengeResponse{
			Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: proxyUser, Password: rec.password,
		}
	}
	rec.browser.send(session, fetch.ContinueWithAuth.Method, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: &answer})
}

// withSourceHeaders returns a request's headers, overridden by those of the source's file.
func (rec *recorder) withSourceHeaders(given network.Headers) (out []*fetch.HeaderEntry) {
	h := headerOf(given)
	for name, values := range rec.siteHeaders {
		h[name] = values
	}
	for name, values := range h {
		out = append(out, &fetch.HeaderEntry{Name: name, Value: values[0]})
	}
	return out
}

// onRequest records a request, or its next redirect. The caller holds rec.mu, as for the methods below.
func (rec *recorder) onRequest(session target.SessionID, e network.EventRequestWillBeSent) {
	rec.active = time.Now()
	key := requestKey{session, e.RequestID}
	if r := rec.all[key]; r != nil && e.RedirectResponse != nil {
		r.hops = append(r.hops, r.last)
		if r.last = e.Request.URL; r == rec.main {
			rec.redirected(r)
		}
		return
	}
	if len(rec.order) >= maxRequests || !strings.HasPrefix(e.Request.URL, "http") {
		return
	}
	r := &request{
		id: e.RequestID, session: session, kind: e.Type, method: e.Request.Method, url: e.Request.URL, last: e.Request.URL,
		headers: headerOf(e.Request.Headers), begin: time.Now(),
	}
	if first := e.RedirectResponse; first != nil {
		// The renderer reported the first address too late, or not at all.
		r.url, r.hops = first.URL, []string{first.URL}
	}
	if raw, ok := rec.earlyHeaders[key]; ok {
		r.headers, r.sent = raw, true
		delete(rec.earlyHeaders, key)
	}
	rec.all[key] = r
	rec.order = append(rec.order, r)
	if rec.main == nil && session == rec.page && e.Type == network.ResourceTypeDocument {
		rec.main = r
	}
	rec.match(r)
}

// addMissed records a request of which only the response was reported: the renderer of a pop-up may begin to report after
// its first scripts have run. The Referer is what a browser sends by default (strict-origin-when-cross-origin).
func (rec *recorder) addMissed(key requestKey, e network.EventResponseReceived) {
	if rec.main == nil || len(rec.order) >= maxRequests || !strings.HasPrefix(e.Response.URL, "http") {
		return
	}
	r := &request{
		id: key.id, session: key.session, kind: e.Type, method: http.MethodGet, url: e.Response.URL, last: e.Response.URL,
		headers: headerOf(e.Response.RequestHeaders), begin: time.Now(),
	}
	if raw, ok := rec.earlyHeaders[key]; ok {
		r.headers, r.sent = raw, true
		delete(rec.earlyHeaders, key)
	}
	if r.headers.Get("Referer") == "" {
		referer, _, _ := strings.Cut(rec.main.last, "#")
		if originOf(referer) != originOf(r.url) {
			referer = originOf(referer) + "/"
		}
		r.headers.Set("Referer", referer)
	}
	rec.all[key] = r
	rec.order = append(rec.order, r)
}

func (rec *recorder) match(r *request) {
	if r.matched || r == rec.main || r.method != http.MethodGet || !rec.matches(r.url, r.mime) {
		return
	}
	r.matched = true
	rec.newestMatch = time.Now()
	if rec.firstMatch.IsZero() {
		rec.firstMatch = rec.newestMatch
	}
}

func (rec *recorder) onResponse(r *request, e network.EventResponseReceived) {
	rec.active = time.Now()
	if r == nil {
		return
	}
	r.status, r.mime, r.took = e.Response.Status, e.Response.MimeType, time.Since(r.begin)
	rec.match(r)
	if r != rec.main {
		return
	}
	if n, _ := strconv.ParseInt(headerOf(e.Response.Headers).Get("Content-Length"), 10, 64); n > extract.MaxAnswer {
		rec.fail(fmt.Errorf("answered more than %d MiB: %w", extract.MaxAnswer>>20, extract.ErrTooLarge))
	}
	if r.status < 200 || r.status > 299 {
		status := strings.TrimSpace(fmt.Sprintf("%d %s", r.status, http.StatusText(int(r.status))))
		rec.fail(&statusError{status})
	}
}

func (rec *recorder) end(r *request, failed string) {
	rec.active = time.Now()
	r.took, r.done, r.failed = time.Since(r.begin), true, failed
}

func (rec *recorder) fail(err error) {
	if rec.fatal == nil {
		rec.fatal = err
	}
}

// redirected bounds the redirects of the page itself, as all kinds do.
func (rec *recorder) redirected(r *request) {
	if len(r.hops) <= httpclient.MaxRedirects {
		return
	}
	for _, hop := range r.hops {
		if hop == r.last {
			rec.fail(fmt.Errorf("cannot be fetched: %w", extract.ErrRedirectLoop))
			return
		}
	}
	rec.fail(fmt.Errorf("cannot be fetched: %w (more than %d)", extract.ErrTooManyRedirects, httpclient.MaxRedirects))
}

// statusError is the error of a page whose status is not 2xx.
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
