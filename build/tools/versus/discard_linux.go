package main

import (
	"errors"
	"io"
	"net"
	"syscall"
	"unsafe"
)

// discard reads n bytes of a TCP connection without copying them (tcp(7), MSG_TRUNC).
func discard(c net.Conn, n int64) error {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return errors.New("not a TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var nowhere [1]byte
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for n > 0 {
			got, _, errno := syscall.Syscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&nowhere)), uintptr(n), syscall.MSG_TRUNC|syscall.MSG_DONTWAIT, 0, 0)
			switch {
			case errno == syscall.EINTR:
			case errno == syscall.EAGAIN:
				return false
			case errno != 0:
				failed = errno
				return true
			case got == 0:
				failed = io.ErrUnexpectedEOF
				return true
			default:
				n -= int64(got)
			}
		}
		return true
	})
	return errors.Join(err, failed)
}
