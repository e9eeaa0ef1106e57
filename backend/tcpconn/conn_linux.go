package tcpconn

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// conn is a TCP connection whose reads and writes bypass the scheduler. Everything else is the connection's own: deadlines,
// half-closing, sending files.
type conn struct {
	*net.TCPConn
	raw syscall.RawConn
}

// wrap returns c with reads and writes that bypass the scheduler; c itself if it is not a TCP connection.
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

// Read reads the bytes that have arrived, and blocks while there are none.
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
		return 0, withOp("read", err)
	case failed != 0:
		return 0, c.opError("read", failed)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all of b, and blocks while the socket's buffer is full.
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
		return n, withOp("write", err)
	case failed != 0:
		return n, c.opError("write", failed)
	}
	return n, nil
}

// call reads or writes once. It does not block: the net package sets O_NONBLOCK on its sockets.
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

// opError returns the error that the net package returns for errno.
func (c *conn) opError(op string, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(op, errno)}
}

// withOp returns err, an error of a raw connection, with the operation that the net package names.
func withOp(op string, err error) error {
	var e *net.OpError
	if errors.As(err, &e) {
		e.Op = op
	}
	return err
}
