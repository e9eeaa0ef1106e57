package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errDisconnected is returned for a command to a browser that has exited.
var errDisconnected = errors.New("the browser exited")

// devtools speaks the DevTools protocol with the browser, over the two pipes that it was started with. So no port is open
// to other programs on this machine, and the browser exits when this process does.
//
// chromedp's own tabs attach to one target each. Here, every target that the page creates (iframes of other sites,
// workers, pop-ups) is a session of one connection, so that no request is missed.
type devtools struct {
	pipe *chromedp.PipeConn
	// onEvent is called with each event, in sequence. It must not wait for the browser.
	onEvent func(session target.SessionID, method string, params jsonv2.Value)
	// disconnected is closed when the browser closes its end of the pipe.
	disconnected chan struct{}

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan<- *cdproto.Message
}

// newDevtools returns a connection that listens until close.
func newDevtools(r, w *os.File, onEvent func(target.SessionID, string, jsonv2.Value)) *devtools {
	d := &devtools{pipe: chromedp.NewPipeConn(r, w), onEvent: onEvent, disconnected: make(chan struct{}), waiting: map[int64]chan<- *cdproto.Message{}}
	go d.listen()
	return d
}

// listen reads the browser's messages until it exits or the connection is closed.
func (d *devtools) listen() {
	defer close(d.disconnected)
	for {
		msg := new(cdproto.Message)
		if err := d.pipe.Read(context.Background(), msg); err != nil {
			return
		}
		if msg.ID == 0 {
			d.onEvent(msg.SessionID, string(msg.Method), msg.Params)
			continue
		}
		d.mu.Lock()
		answer := d.waiting[msg.ID]
		delete(d.waiting, msg.ID)
		d.mu.Unlock()
		if answer != nil {
			answer <- msg
		}
	}
}

// send sends a command without waiting for its result.
func (d *devtools) send(session target.SessionID, method string, params any) {
	_ = d.write(session, method, params, nil) // disconnected reports that the browser exited
}

func (d *devtools) write(session target.SessionID, method string, params any, answer chan<- *cdproto.Message) error {
	raw, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.last++
	id := d.last
	if answer != nil {
		d.waiting[id] = answer
	}
	d.mu.Unlock()
	return d.pipe.Write(context.Background(), &cdproto.Message{ID: id, SessionID: session, Method: cdproto.MethodType(method), Params: raw})
}

// call sends a command and waits for its result.
func (d *devtools) call(ctx context.Context, session target.SessionID, method string, params, result any) error {
	answer := make(chan *cdproto.Message, 1)
	if err := d.write(session, method, params, answer); err != nil {
		return errDisconnected
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.disconnected:
		return errDisconnected
	case msg := <-answer:
		if msg.Error != nil {
			return fmt.Errorf("%s: %s", method, msg.Error.Message)
		}
		if result == nil {
			return nil
		}
		return jsonv2.Unmarshal(msg.Result, result, chromedp.DefaultUnmarshalOptions)
	}
}

// close closes this end; listen returns.
func (d *devtools) close() { _ = d.pipe.Close() }
