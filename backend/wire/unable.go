//go:build !linux || race

package wire

const able = false
