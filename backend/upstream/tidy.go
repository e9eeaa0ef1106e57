package upstream

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// untidyErrors are net/http's errors for answers that all other clients accept.
var untidyErrors = []string{
	"malformed HTTP", "malformed MIME", "malformed chunked", "invalid header", "Content-Length", "transfer encoding", "Transfer-Encoding",
}

// roundTrip sends req. If net/http refuses an answer because of a mistake in its header, the request is repeated on a separate
// connection, whose header is tidied before net/http reads it; from then on, requests to that host are sent this way. Such a
// connection carries a single answer, so that nothing can be mistaken for the header of the next.
func (g *guarded) roundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Host
	if g.untidy.has(host) {
		return g.tidy.RoundTrip(req)
	}
	resp, err := g.rt.RoundTrip(req)
	untidy := err != nil && isUntidy(err) || err == nil && hasUntidyName(resp.Header)
	if !untidy || req.Method != http.MethodGet || req.Body != nil && req.Body != http.NoBody {
		return resp, err
	}
	if err == nil {
		resp.Body.Close()
	}
	again, tidied := g.tidy.RoundTrip(req)
	if tidied != nil {
		return nil, cmp.Or(err, tidied)
	}
	g.untidy.add(host)
	return again, nil
}

func isUntidy(err error) bool {
	text := err.Error()
	return slices.ContainsFunc(untidyErrors, func(s string) bool { return strings.Contains(text, s) })
}

// hasUntidyName reports whether a field name contains forbidden characters. net/http accepts a space before the colon, but
// reads no length from "Content-Length : 5", so the body would last until the connection is closed.
func hasUntidyName(h http.Header) bool {
	for name := range h {
		if !httpguts.ValidHeaderFieldName(name) {
			return true
		}
	}
	return false
}

// tidying returns the transport for such hosts.
func (g *guarded) tidying() *http.Transport {
	return &http.Transport{
		Proxy: g.rt.Proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := g.rt.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &tidyConn{Conn: c}, nil
		},
		DialTLSContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			c, err := g.secure(ctx, address, []string{"http/1.1"})
			if err != nil {
				return nil, err
			}
			return &tidyConn{Conn: c}, nil
		},
		DisableKeepAlives: true, DisableCompression: true, ExpectContinueTimeout: g.rt.ExpectContinueTimeout, MaxResponseHeaderBytes: maxHeader,
	}
}

// tidyConn is a connection with one answer, whose header it tidies.
type tidyConn struct {
	net.Conn
	buf  []byte // read, and not yet returned
	done bool   // the header is complete: the rest is returned unchanged
}

func (c *tidyConn) Read(p []byte) (int, error) {
	for !c.done && len(c.buf) == 0 {
		if err := c.head(); err != nil {
			return 0, err
		}
	}
	if len(c.buf) > 0 {
		n := copy(p, c.buf)
		if c.buf = c.buf[n:]; len(c.buf) == 0 {
			c.buf = nil
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// head reads headers up to that of the final answer, including interim ones.
func (c *tidyConn) head() error {
	var raw []byte
	piece := make([]byte, 4<<10)
	searched := 0
	for {
		n, err := c.Conn.Read(piece)
		raw = append(raw, piece[:n]...)
		// Some servers start with line breaks.
		raw = bytes.TrimLeft(raw, "\r\n")
		for {
			end := endOfHead(raw, max(0, searched-3))
			if end < 0 {
				searched = len(raw)
				break
			}
			text, interim, ok := tidyHead(raw[:end])
			if !ok {
				text = raw[:end]
			}
			c.buf, raw, searched = append(c.buf, text...), raw[end:], 0
			if !interim {
				c.buf, c.done = append(c.buf, raw...), true
				return nil
			}
		}
		if err != nil || len(raw) > maxHeader {
			// The header cannot be repaired: net/http reports the error.
			c.buf, c.done = append(c.buf, raw...), true
			if err == io.EOF && len(c.buf) > 0 {
				return nil
			}
			return err
		}
	}
}

// endOfHead returns the index after the empty line that ends the header at the start of raw; -1 if it is incomplete. Lines end
// with or without a carriage return. The search begins at from.
func endOfHead(raw []byte, from int) int {
	for i := from; i < len(raw); i++ {
		if raw[i] != '\n' {
			continue
		}
		switch rest := raw[i+1:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return i + 2
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return i + 3
		}
	}
	return -1
}

// tidyHead returns the header of an answer in the form of RFC 9112. It leaves out invalid lines: without a colon, with an
// invalid name, or with contradicting lengths. interim reports whether it is the header of a 1xx answer.
func tidyHead(raw []byte) (text []byte, interim, ok bool) {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(string(raw), "\r\n"), "\n") {
		line = strings.TrimRight(line, "\r")
		if len(lines) > 1 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			lines[len(lines)-1] += " " + strings.TrimSpace(line) // a folded line
			continue
		}
		lines = append(lines, line)
	}
	status, code, ok := tidyStatus(lines[0])
	if !ok {
		return nil, false, false
	}
	var out bytes.Buffer
	out.WriteString(status + "\r\n")
	var lengths []string
	chunked := false
	for _, line := range lines[1:] {
		name, value, has := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), tidyValue(value)
		if !has || !httpguts.ValidHeaderFieldName(name) {
			continue
		}
		switch strings.ToLower(name) {
		case "content-length":
			for v := range strings.SplitSeq(value, ",") {
				lengths = append(lengths, strings.TrimSpace(v))
			}
			continue
		case "transfer-encoding":
			if strings.Contains(strings.ToLower(value), "chunked") {
				chunked = true
			}
			continue
		case "connection", "keep-alive":
			continue // this connection carries a single answer
		}
		out.WriteString(name + ": " + value + "\r\n")
	}
	if chunked {
		out.WriteString("Transfer-Encoding: chunked\r\n")
	} else if n, err := strconv.ParseUint(first(lengths), 10, 62); err == nil && len(slices.Compact(lengths)) == 1 {
		out.WriteString("Content-Length: " + strconv.FormatUint(n, 10) + "\r\n")
	}
	out.WriteString("Connection: close\r\n\r\n")
	return out.Bytes(), code < 200 && code != http.StatusSwitchingProtocols, true
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// tidyStatus reads a status line: "HTTP/1.1 200 OK", but also "ICY 200 OK", "HTTP/1.1  200", "http/1.0 200OK".
func tidyStatus(line string) (status string, code int, ok bool) {
	protocol, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	rest = strings.TrimLeft(rest, " \t")
	upper := strings.ToUpper(protocol)
	if !strings.HasPrefix(upper, "HTTP") && upper != "ICY" || len(rest) < 3 {
		return "", 0, false
	}
	code, err := strconv.Atoi(rest[:3])
	if err != nil || code < 100 {
		return "", 0, false
	}
	version := "HTTP/1.1"
	if upper == "HTTP/1.0" || upper == "ICY" {
		version = "HTTP/1.0"
	}
	return version + " " + rest[:3] + " " + tidyValue(rest[3:]), code, true
}

// tidyValue returns a header's value without the forbidden control characters.
func tidyValue(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}
