//go:build linux && !race

package wire

const able = true
