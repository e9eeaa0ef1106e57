//go:build !linux || race

package tcpconn

const enabled = false
