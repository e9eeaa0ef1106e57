// Command testorigin serves an origin of gridwall/internal/testorigin on a free port, for tests that are not written in Go.
// It prints the URL of the multivariant playlist, and ends when its standard input is closed, so that it ends with the test that started
// it.
//
//	go run ./build/tools/testorigin lowlatency   live low-latency HLS
//	go run ./build/tools/testorigin recording    a recording with two audio renditions and subtitles
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"gridwall/internal/testorigin"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "testorigin:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: testorigin %s|%s", testorigin.LowLatency, testorigin.Recording)
	}
	h, err := testorigin.New(args[0])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s%s\n", l.Addr(), testorigin.Entry)
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(l, h) }()
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(closed)
	}()
	select {
	case err := <-failed:
		return err
	case <-closed:
		return nil
	}
}
