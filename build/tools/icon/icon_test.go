package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After a change of the logo all files must be drawn again, otherwise panel, browser and launcher would show different ones.
func TestCommittedIconsAreCurrent(t *testing.T) {
	const how = "%s is not current; run go run ./build/tools/icon"
	read := func(name string) []byte {
		got, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(name)))
		require.NoError(t, err, how, name)
		return got
	}
	for name, want := range texts() {
		assert.Equal(t, want, string(read(name)), how, name)
	}
	for name, p := range pictures() {
		got, err := png.Decode(bytes.NewReader(read(name)))
		require.NoError(t, err)
		// Floating point results may differ between processors.
		assert.LessOrEqual(t, difference(pixels(p.size, p.draw(p.size)), got), 2, how, name)
	}
}

// difference returns the largest difference between two pictures in one channel of one pixel; 255 if their sizes differ.
func difference(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	flat := func(img image.Image) []byte {
		out := image.NewNRGBA(img.Bounds())
		draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
		return out.Pix
	}
	p, q := flat(a), flat(b)
	most := 0
	for i := range p {
		d := int(p[i]) - int(q[i])
		most = max(most, d, -d)
	}
	return most
}

// The shapes differ, so users who cannot see colours can tell from the panel whether a session is live.
func TestTheLiveTrayIconDiffersWithoutColour(t *testing.T) {
	for _, n := range []int{22, 32, 64} {
		a, b := pixels(n, idle(n)), pixels(n, live(n))
		changed := 0
		for i := 0; i < len(a.Pix); i += 4 {
			grey := func(p []byte) int { return (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000 }
			if d := grey(a.Pix[i:]) - grey(b.Pix[i:]); d > 60 || d < -60 {
				changed++
			}
		}
		assert.Greater(t, changed*100/(n*n), 8, "percentage of the pixels whose lightness differs, at %d pixels", n)
	}
}

// Windows shows no icon at all if its directory is wrong.
func TestWindowsIconDirectoriesAreCorrect(t *testing.T) {
	data, err := ico([]int{16, 256}, application)
	require.NoError(t, err)
	le := binary.LittleEndian
	require.EqualValues(t, 1, le.Uint16(data[2:]))
	require.EqualValues(t, 2, le.Uint16(data[4:]))
	for i, n := range []int{16, 256} {
		e := data[6+16*i:]
		assert.EqualValues(t, n%256, e[0])
		size, at := le.Uint32(e[8:]), le.Uint32(e[12:])
		img, err := png.Decode(bytes.NewReader(data[at : at+size]))
		require.NoError(t, err)
		assert.Equal(t, n, img.Bounds().Dx())
	}
}
