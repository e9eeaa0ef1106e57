// Package origin serves an upstream for tests, as build/lowlatency and build/recording are one.
package origin

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// Serve serves h on a free port of the loopback, prints the address of its /master.m3u8, and ends with standard input:
// so an origin never outlives the test that started it.
func Serve(h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/master.m3u8\n", l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = l.Close()
	}()
	if err := http.Serve(l, h); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
