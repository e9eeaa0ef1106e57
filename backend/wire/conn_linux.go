package wire

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// conn is a TCP connection whose reads and writes the scheduler is not told of. Everything else is the connection's
// own: deadlines, half-closing, sending files.
type conn struct {
	*net.TCPConn
	raw syscall.RawConn
}

func wrap(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	return &conn{tcp, raw}
}

// Read reads what is there, waiting where nothing is.
func (c *conn) Read(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	var failed syscall.Errno
	err = c.raw.Read(func(fd uintptr) bool {
		n, failed = call(syscall.SYS_READ, fd, b)
		return failed != syscall.EAGAIN
	})
	switch {
	case err != nil:
		return 0, c.renamed("read", err)
	case failed != 0:
		return 0, c.errorOf("read", failed)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all of b, waiting where there is no room for it.
func (c *conn) Write(b []byte) (n int, err error) {
	var failed syscall.Errno
	err = c.raw.Write(func(fd uintptr) bool {
		for n < len(b) {
			var k int
			if k, failed = call(syscall.SYS_WRITE, fd, b[n:]); failed != 0 {
				return failed != syscall.EAGAIN
			}
			n += k
		}
		return true
	})
	switch {
	case err != nil:
		return n, c.renamed("write", err)
	case failed != 0:
		return n, c.errorOf("write", failed)
	}
	return n, nil
}

// call reads or writes once. The connection is one that does not block: net sees to that.
func call(trap, fd uintptr, b []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(min(len(b), maxCall)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != syscall.EINTR {
			return 0, errno
		}
	}
}

// errorOf is the error that net would make of an errno.
func (c *conn) errorOf(op string, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(op, errno)}
}

// renamed is err as net would return it: of a read, not of a raw one.
func (c *conn) renamed(op string, err error) error {
	if e, ok := err.(*net.OpError); ok {
		e.Op = op
	}
	return err
}
