package browser

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"

	"gridwall/backend/extract"
)

// SetQuiet shortens the wait for a page that makes no more requests.
func (e *Extractor) SetQuiet(d time.Duration) { e.quiet = d }

// RequirePassword makes the proxy require its password from the browser, as on systems that do not report who owns a
// connection.
func (e *Extractor) RequirePassword() { e.requirePassword = true }

// BrowserProxy returns the proxy of a browser on a system that reports who owns a connection.
func (e *Extractor) BrowserProxy(site *extract.Site) (host string, close func(), err error) {
	p, err := newEgressProxy(site, e.dialer, false)
	if err != nil {
		return "", nil, err
	}
	return p.addr, p.close, nil
}

// ProfilePrefix is the prefix of each profile folder's name.
const ProfilePrefix = profilePrefix

// ShareBrowser makes all runs of e use one browser, for tests that run it many times: starting the browser takes most of
// a short run. Each run has its own tab, and no cookies of the previous run. close ends the browser.
func (e *Extractor) ShareBrowser() (close func()) {
	s := &shared{}
	e.launch = s.launch
	return s.close
}

// shared is a browser that serves several runs. Its proxy cannot change, so it is a relay to the proxy of each run.
type shared struct {
	process *process
	relay   net.Listener
	working sync.WaitGroup

	mu      sync.Mutex
	proxy   string
	onEvent func(target.SessionID, string, jsonv2.Value)
	conns   []net.Conn
}

func (s *shared) launch(path, proxy string, onEvent func(target.SessionID, string, jsonv2.Value)) (_ *process, err error) {
	s.mu.Lock()
	s.proxy, s.onEvent = proxy, onEvent
	s.mu.Unlock()
	if s.process == nil {
		if s.relay, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, err
		}
		s.working.Go(s.accept)
		if s.process, err = launch(path, s.relay.Addr().String(), s.hear); err != nil {
			return nil, err
		}
	}
	p := *s.process
	p.kill = s.clear
	return &p, nil
}

func (s *shared) hear(session target.SessionID, method string, params jsonv2.Value) {
	s.mu.Lock()
	onEvent := s.onEvent
	s.mu.Unlock()
	if onEvent != nil {
		onEvent(session, method, params)
	}
}

func (s *shared) accept() {
	for {
		near, err := s.relay.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		proxy := s.proxy
		s.mu.Unlock()
		far, err := net.Dial("tcp", proxy)
		if err != nil {
			near.Close()
			continue
		}
		s.mu.Lock()
		s.conns = append(s.conns, near, far)
		s.mu.Unlock()
		for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
			s.working.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				way[0].Close()
				way[1].Close()
			})
		}
	}
}

// clear ends a run: it closes its tab and connections and removes its cookies.
func (s *shared) clear() error {
	s.hangUp()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		var all target.GetTargetsResult
		if err := s.process.call(ctx, "", target.GetTargets.Method, target.GetTargetsParams{}, &all); err != nil {
			return err
		}
		pages := 0
		for _, info := range all.TargetInfos {
			if info.Type == "page" {
				pages++
				s.process.send("", target.CloseTarget.Method, target.CloseTargetParams{TargetID: info.TargetID})
			}
		}
		if pages == 0 {
			break
		}
	}
	return s.process.call(ctx, "", storage.ClearCookies.Method, storage.ClearCookiesParams{}, nil)
}

func (s *shared) close() {
	if s.process != nil {
		_ = s.process.kill()
		s.relay.Close()
	}
	s.hangUp()
	s.working.Wait()
}

// hangUp closes the run's connections, and stops passing on events.
func (s *shared) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onEvent = nil
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
}
