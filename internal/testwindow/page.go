//go:build linux

package testwindow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"golang.org/x/net/websocket"
)

// evalWait bounds the evaluation of one expression.
const evalWait = 15 * time.Second

// target is the page's address in the inspector's list.
var target = regexp.MustCompile(`/socket/\d+/\d+/WebPage`)

// Page is the page in the window, controlled by WebKit's inspector protocol: expressions run in the page itself.
type Page struct {
	ws   *websocket.Conn
	id   string // the inspector's ID of the page
	next int
}

// openPage finds the page at an inspector's address, HOST:PORT.
func openPage(address string) (*Page, error) {
	resp, err := http.Get("http://" + address + "/")
	if err != nil {
		return nil, err
	}
	list, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	path := target.Find(list)
	if path == nil {
		return nil, errors.New("the inspector lists no page")
	}
	ws, err := websocket.Dial("ws://"+address+string(path), "", "http://"+address)
	if err != nil {
		return nil, err
	}
	p := &Page{ws: ws}
	for p.id == "" {
		m, err := p.read()
		if err != nil {
			_ = ws.Close()
			return nil, fmt.Errorf("the inspector named no page: %w", err)
		}
		if m.Method == "Target.targetCreated" && m.Params.TargetInfo.Type == "page" {
			p.id = m.Params.TargetInfo.TargetID
		}
	}
	return p, nil
}

// message is what the inspector sends: events, and answers wrapped into events.
type message struct {
	ID     int    `json:"id"`
	Method string `json:"method"`
	Error  *struct{ Message string }
	Result json.RawMessage `json:"result"`
	Params struct {
		TargetInfo struct {
			TargetID string `json:"targetId"`
			Type     string `json:"type"`
		} `json:"targetInfo"`
		Message string `json:"message"`
	} `json:"params"`
}

func (p *Page) read() (m message, err error) {
	if err := p.ws.SetReadDeadline(time.Now().Add(evalWait)); err != nil {
		return m, err
	}
	err = websocket.JSON.Receive(p.ws, &m)
	return m, err
}

// call sends one command to the page, and waits for its answer.
func (p *Page) call(method string, params any, result any) error {
	p.next++
	inner, err := json.Marshal(map[string]any{"id": p.next, "method": method, "params": params})
	if err != nil {
		return err
	}
	err = websocket.JSON.Send(p.ws, map[string]any{
		"id": p.next, "method": "Target.sendMessageToTarget",
		"params": map[string]any{"targetId": p.id, "message": string(inner)},
	})
	if err != nil {
		return err
	}
	for {
		outer, err := p.read()
		if err != nil {
			return fmt.Errorf("the page does not answer: %w", err)
		}
		if outer.Error != nil {
			return errors.New(outer.Error.Message)
		}
		if outer.Method != "Target.dispatchMessageFromTarget" {
			continue
		}
		var m message
		if err := json.Unmarshal([]byte(outer.Params.Message), &m); err != nil {
			return err
		}
		if m.ID != p.next {
			continue
		}
		if m.Error != nil {
			return errors.New(m.Error.Message)
		}
		return json.Unmarshal(m.Result, result)
	}
}

// Eval runs an expression in the page, awaits it if it is a promise, and reads its value into to; nil discards it.
func (p *Page) Eval(expression string, to any) error {
	// The value is returned as JSON, and an error as its text, because the inspector would only report that there was one.
	wrapped := `(async () => JSON.stringify({ value: await (` + expression + `) ?? null }))().catch((e) => JSON.stringify({ thrown: String(e && e.message || e) }))`
	type value struct {
		Result struct {
			Type     string `json:"type"`
			ObjectID string `json:"objectId"`
			Value    string `json:"value"`
		} `json:"result"`
		WasThrown bool `json:"wasThrown"`
	}
	var v value
	if err := p.call("Runtime.evaluate", map[string]any{"expression": wrapped}, &v); err != nil {
		return err
	}
	if v.WasThrown || v.Result.ObjectID == "" {
		return fmt.Errorf("the page cannot run %s", expression)
	}
	promise := v.Result.ObjectID
	v = value{}
	if err := p.call("Runtime.awaitPromise", map[string]any{"promiseObjectId": promise, "returnByValue": true}, &v); err != nil {
		return err
	}
	var answer struct {
		Value  json.RawMessage
		Thrown string
	}
	if err := json.Unmarshal([]byte(v.Result.Value), &answer); err != nil {
		return fmt.Errorf("%w: %q", err, v.Result.Value)
	}
	if answer.Thrown != "" {
		return errors.New(answer.Thrown)
	}
	if to == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, to)
}

// Close disconnects from the page.
func (p *Page) Close() { _ = p.ws.Close() }

// Picture is one tile's picture as the page sees it.
type Picture struct {
	Title           string
	Time            float64 // seconds played
	Paused          bool
	Width, Height   int
	Frames, Dropped int
	Ready           int
}

// pictures makes the list of Picture in the page.
const pictures = `[...document.querySelectorAll('[role=group] video')].map((v) => {
	const q = v.getVideoPlaybackQuality()
	return {
		Title: v.closest('[role=group]').getAttribute('aria-label'), Time: v.currentTime, Paused: v.paused,
		Width: v.videoWidth, Height: v.videoHeight, Frames: q.totalVideoFrames, Dropped: q.droppedVideoFrames, Ready: v.readyState,
	}
})`

// Pictures lists the tiles of the wall, in the order of the page.
func (p *Page) Pictures() (out []Picture, err error) {
	err = p.Eval(pictures, &out)
	return out, err
}

// Record makes the page itself record its pictures at an interval, for Recorded. While a client is connected, the inspector
// retains data about each request of the page, so long measurements must disconnect meanwhile.
func (p *Page) Record(every time.Duration) error {
	return p.Eval(fmt.Sprintf(`(() => {
		window.gridwallSeen = []
		setInterval(() => window.gridwallSeen.push(%s), %d)
	})()`, pictures, every.Milliseconds()), nil)
}

// Recorded returns the records since the last call.
func (p *Page) Recorded() (out [][]Picture, err error) {
	err = p.Eval(`window.gridwallSeen.splice(0)`, &out)
	return out, err
}

// Active is an active stream, as the facade returns it.
type Active struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	RefreshCount int    `json:"refresh_count"`
	LastError    string `json:"last_error"`
}

// Actives asks the facade for the active streams, as the page does.
func (p *Page) Actives() ([]Active, error) {
	var out struct{ Active []Active }
	err := p.Eval(`window.go.desktop.Facade.Active()`, &out)
	return out.Active, err
}

// Playing waits until there are n tiles that all move, from now on, and returns their pictures.
func (p *Page) Playing(n int, within time.Duration) (now []Picture, err error) {
	var first []Picture
	err = Until(fmt.Sprintf("%d moving pictures", n), within, func() (bool, error) {
		if now, err = p.Pictures(); err != nil {
			return false, err
		}
		if len(now) != n {
			first = nil
			return false, fmt.Errorf("there are %d pictures: %+v", len(now), now)
		}
		if first == nil {
			first = now
		}
		for i, is := range now {
			if is.Title != first[i].Title || is.Time < first[i].Time || is.Frames < first[i].Frames {
				first = now // another picture, or the counters were reset
			}
			if is.Paused || is.Width == 0 || is.Time <= first[i].Time || is.Frames <= first[i].Frames {
				return false, fmt.Errorf("%s does not move: %+v", is.Title, is)
			}
		}
		return true, nil
	})
	return now, err
}

// stepShown is what the page shows of tiles that it no longer seeks: "in sync ±20 ms". Up to 199 ms it only changes their rate.
var stepShown = regexp.MustCompile(`in sync ?±1?\d{1,2} ms`)

// shownAge is a little more than how old what the page shows of the step may be.
const shownAge = 1.5 * float64(time.Second)

// InStep waits until there are n tiles that play in step, and returns their pictures. Until then the wall may seek any of them.
func (p *Page) InStep(n int, within time.Duration) (now []Picture, err error) {
	var first []Picture
	err = Until(fmt.Sprintf("%d pictures in step", n), within, func() (bool, error) {
		var shown string
		if err := p.Eval(`document.querySelector('[role=switch][aria-label="Keep feeds in sync"]')?.textContent ?? ''`, &shown); err != nil {
			return false, err
		}
		if now, err = p.Pictures(); err != nil {
			return false, err
		}
		if len(now) != n || !stepShown.MatchString(shown) {
			first = nil
			return false, fmt.Errorf("%d pictures, %q", len(now), shown)
		}
		if first == nil {
			first = now
		}
		for i, is := range now {
			if is.Title != first[i].Title || is.Time < first[i].Time {
				first = now // another picture, or it was sought back
			}
			if played := is.Time - first[i].Time; played*float64(time.Second) < shownAge {
				return false, fmt.Errorf("%s has played for %.1f s", is.Title, played)
			}
		}
		return true, nil
	})
	return now, err
}

// CountRequests counts the page's requests to the proxy, from now on.
func (p *Page) CountRequests() error {
	return p.Eval(`(() => {
		window.gridwallRequests = 0
		new PerformanceObserver((l) => {
			window.gridwallRequests += l.getEntries().filter((e) => e.name.includes('/hls/')).length
			performance.clearResourceTimings()
		}).observe({ type: 'resource' })
	})()`, nil)
}

// Requests returns how many there were.
func (p *Page) Requests() (n int, err error) {
	err = p.Eval(`window.gridwallRequests`, &n)
	return n, err
}
