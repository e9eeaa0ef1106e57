package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// stall limits each wait for a server's next bytes.
const stall = 20 * time.Second

// conn is a connection of a cheap client, which mostly discards bodies. Its CPU time is not measured, but it runs on the same machine.
type conn struct {
	net.Conn
	buf  [4096]byte
	rest []byte // the part of buf after the last header
}

func dial(address string) (*conn, error) {
	c, err := net.DialTimeout("tcp", address, stall)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// ask sends a request, reads the header of the response, and returns the length of the body.
func (c *conn) ask(path string) (length int64, err error) {
	if err := c.SetDeadline(time.Now().Add(stall)); err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, c.RemoteAddr()); err != nil {
		return 0, err
	}
	have := 0
	for {
		n, err := c.Read(c.buf[have:])
		if err != nil {
			return 0, err
		}
		have += n
		if end := bytes.Index(c.buf[:have], []byte("\r\n\r\n")); end >= 0 {
			c.rest = c.buf[end+4 : have]
			return lengthOf(string(c.buf[:end+2]))
		}
		if have == len(c.buf) {
			return 0, errors.New("the header is too long")
		}
	}
}

func lengthOf(header string) (int64, error) {
	status, fields, _ := strings.Cut(header, "\r\n")
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return 0, fmt.Errorf("the answer was %q", status)
	}
	for line := range strings.SplitSeq(fields, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, errors.New("the response has no Content-Length")
}

// get requests a path, discards the body, and returns its length.
func (c *conn) get(path string) (int64, error) {
	length, err := c.ask(path)
	if err != nil {
		return 0, err
	}
	left := length - int64(len(c.rest))
	if left > 0 {
		if err := discard(c.Conn, left); err != nil {
			return 0, err
		}
	}
	return length, nil
}

// read requests a path and returns the body.
func (c *conn) read(path string) ([]byte, error) {
	length, err := c.ask(path)
	if err != nil {
		return nil, err
	}
	body := make([]byte, length)
	n := copy(body, c.rest)
	_, err = io.ReadFull(c.Conn, body[n:])
	return body, err
}

// measured is the work of a contender in a round.
type measured struct {
	bytes int64
	took  time.Duration
	cpu   time.Duration
}

// perGB returns the CPU seconds per 10^9 bytes.
func (m measured) perGB() float64 { return m.cpu.Seconds() / (float64(m.bytes) / 1e9) }

// speed returns the throughput in GB/s.
func (m measured) speed() float64 { return float64(m.bytes) / 1e9 / m.took.Seconds() }

// load requests the paths 0…n-1 from a contender, over all connections at the same time.
func load(ctx context.Context, c *contender, n int, path func(i int) string) (m measured, err error) {
	before, err := cpu(c.pid)
	if err != nil {
		return m, err
	}
	began := time.Now()
	var next atomic.Int64
	var sum atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, connections)
	for i := range connections {
		wg.Go(func() {
			errs[i] = func() error {
				conn, err := dial(c.address)
				if err != nil {
					return err
				}
				defer conn.Close()
				for ctx.Err() == nil {
					k := int(next.Add(1)) - 1
					if k >= n {
						return nil
					}
					length, err := conn.get(path(k))
					if err != nil {
						return fmt.Errorf("%s: %s: %w", c.name, path(k), err)
					}
					sum.Add(length)
				}
				return ctx.Err()
			}()
		})
	}
	wg.Wait()
	m.took, m.bytes = time.Since(began), sum.Load()
	after, err := cpu(c.pid)
	m.cpu = after - before
	return m, errors.Join(append(errs, err)...)
}
