// Package link connects another window, which is a process of its own, to the Gridwall that runs with the same data folder.
//
// The running program serves its API on a loopback address and writes the address, with a token, into a file of the data folder that
// only its user can read. Another window finds it there. Not here: what the windows show.
package link

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// fileName is the file in the data folder.
	fileName = "second-window.json"
	// findWait limits how long a program may take to say that it is there.
	findWait = 3 * time.Second
	// callLimit limits one call; the longest is the extraction of all sources.
	callLimit = 5 * time.Minute
	// maxAnswer limits the body of a response in bytes: 50,000 streams have 20 MB.
	maxAnswer = 256 << 20
	// maxEvent limits one event in bytes.
	maxEvent = 1 << 20
	// retryFirst and retryLast are the pauses before another try to connect.
	retryFirst, retryLast = 500 * time.Millisecond, 4 * time.Second
)

// ErrNone is returned if no program runs with the data folder, or it does not answer.
var ErrNone = errors.New("no Gridwall is running with this data folder")

// address is the content of the file.
type address struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// NewToken returns a token that nobody can guess.
func NewToken() string { return rand.Text() + rand.Text() }

// Publish writes the address and the token of the program into its data folder. remove deletes them, unless another program has
// published its own since.
func Publish(data, baseURL, token string) (remove func(), err error) {
	path := filepath.Join(data, fileName)
	text, err := json.Marshal(address{baseURL, token})
	if err != nil {
		return nil, err
	}
	// A new file, and not an existing one that others may be able to read.
	temp, err := os.CreateTemp(data, fileName+".*") // with mode 0600
	if err != nil {
		return nil, err
	}
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return nil, err
	}
	return func() {
		if now, err := os.ReadFile(path); err == nil && bytes.Equal(now, text) {
			_ = os.Remove(path)
		}
	}, nil
}

// Link is the connection of another window to the program. It survives a restart of the program.
type Link struct {
	data string
	http *http.Client
}

// New returns a link to the program that runs with a data folder.
func New(data string) *Link {
	// The address is on loopback: no proxy of the environment may see the token.
	return &Link{data: data, http: &http.Client{
		Transport:     &http.Transport{MaxIdleConns: 16, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Request is a request of the page.
type Request struct {
	Verb, Path, Body     string
	IfMatch, IfNoneMatch string
}

// Response is the response to a Request.
type Response struct {
	Status int    `json:"status"`
	ETag   string `json:"etag"`
	Body   string `json:"body"`
}

// refusal is the error for a response without walls. It is ErrNone unless the program itself has failed: any other program may
// have the address of one that has crashed.
func refusal(r Response) error {
	var body struct {
		Error struct{ Message string }
	}
	err := json.Unmarshal([]byte(r.Body), &body)
	switch {
	case err != nil || body.Error.Message == "":
		return fmt.Errorf("%w: status %d", ErrNone, r.Status)
	case r.Status < http.StatusInternalServerError:
		return fmt.Errorf("%w: %s", ErrNone, body.Error.Message)
	}
	return fmt.Errorf("the Gridwall that is running cannot list its walls: %s", body.Error.Message)
}

// Walls returns the names of the saved walls; the error is ErrNone if no program answers.
func (l *Link) Walls(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, findWait)
	defer cancel()
	r, err := l.Exchange(ctx, Request{Verb: http.MethodGet, Path: "/api/v1/walls"})
	if err != nil {
		return nil, err
	}
	if r.Status != http.StatusOK {
		return nil, refusal(r)
	}
	var list struct {
		Walls []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(r.Body), &list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	names := make([]string, 0, len(list.Walls))
	for _, w := range list.Walls {
		names = append(names, w.Name)
	}
	return names, nil
}

// Exchange sends a request to the program's API. The error is ErrNone if the program does not answer.
func (l *Link) Exchange(ctx context.Context, r Request) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	header := http.Header{}
	for name, value := range map[string]string{"If-Match": r.IfMatch, "If-None-Match": r.IfNoneMatch} {
		if value != "" {
			header.Set(name, value)
		}
	}
	var body io.Reader
	if r.Body != "" {
		body = strings.NewReader(r.Body)
		header.Set("Content-Type", "application/json")
	}
	answer, err := l.do(ctx, r.Verb, r.Path, body, header)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Response{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return Response{Status: answer.StatusCode, ETag: answer.Header.Get("ETag"), Body: string(text)}, nil
}

// Follow passes the program's events, with the commands to a screen, to event until ctx is done. It calls connected with true after each connect, and with false
// when the connection is lost.
func (l *Link) Follow(ctx context.Context, screen string, event func(json.RawMessage), connected func(up bool)) {
	pause := retryFirst
	for ctx.Err() == nil {
		err := l.follow(ctx, screen, event, func() {
			pause = retryFirst
			connected(true)
		})
		if ctx.Err() != nil {
			return
		}
		if !errors.Is(err, ErrNone) {
			connected(false)
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
		pause = min(2*pause, retryLast)
	}
}

// follow reads events until the connection ends. The error is ErrNone if there was none.
func (l *Link) follow(ctx context.Context, screen string, event func(json.RawMessage), opened func()) error {
	path := "/api/v1/events"
	if screen != "" {
		path += "?" + url.Values{"screen": {screen}}.Encode()
	}
	answer, err := l.do(ctx, http.MethodGet, path, nil, http.Header{"Accept": {"text/event-stream"}})
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return ErrNone
	}
	opened()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:")); ok && json.Valid(data) {
			event(bytes.Clone(bytes.TrimSpace(data)))
		}
	}
	return errors.Join(io.EOF, lines.Err())
}

// do sends a request to the address in the file. The error is ErrNone.
func (l *Link) do(ctx context.Context, verb, path string, body io.Reader, header http.Header) (*http.Response, error) {
	text, err := os.ReadFile(filepath.Join(l.data, fileName))
	if err != nil {
		return nil, ErrNone
	}
	var to address
	if err := json.Unmarshal(text, &to); err != nil || !onThisMachine(to.URL) || !strings.HasPrefix(path, "/") {
		return nil, ErrNone
	}
	r, err := http.NewRequestWithContext(ctx, verb, to.URL+path, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	r.Header = header
	r.Header.Set("Authorization", "Bearer "+to.Token)
	answer, err := l.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return answer, nil
}

// onThisMachine reports whether a URL is http://127.0.0.1:PORT and nothing else: its request will contain the token.
func onThisMachine(baseURL string) bool {
	u, err := url.Parse(baseURL)
	return err == nil && u.Hostname() == "127.0.0.1" && u.Port() != "" && baseURL == "http://"+u.Host
}
