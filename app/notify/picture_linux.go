package notify

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// pictureSide bounds the width and height of a message's picture, in pixels: the picture is sent with each message.
const pictureSide = 128

// picture is the hint image-data of the notification service: RGBA pixels, one byte per channel, alpha not premultiplied.
type picture struct {
	Width, Height, RowStride int32
	Alpha                    bool
	BitsPerSample, Channels  int32
	Data                     []byte
}

// pictureOf returns the picture for a PNG file; nil if data is not one.
func pictureOf(data []byte) *picture {
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil || full.Bounds().Empty() {
		return nil
	}
	b := full.Bounds()
	shrink := max(1, (max(b.Dx(), b.Dy())+pictureSide-1)/pictureSide)
	w, h := max(1, b.Dx()/shrink), max(1, b.Dy()/shrink)
	p := &picture{int32(w), int32(h), int32(4 * w), true, 8, 4, make([]byte, 0, 4*w*h)}
	for y := range h {
		for x := range w {
			c := mean(full, image.Rect(x*shrink, y*shrink, (x+1)*shrink, (y+1)*shrink).Add(b.Min).Intersect(b))
			p.Data = append(p.Data, c.R, c.G, c.B, c.A)
		}
	}
	return p
}

// mean returns the average colour of an area.
func mean(of image.Image, area image.Rectangle) color.NRGBA {
	var r, g, b, a, n uint32
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			pr, pg, pb, pa := of.At(x, y).RGBA()
			r, g, b, a, n = r+pr, g+pg, b+pb, a+pa, n+1
		}
	}
	n = max(n, 1)
	return color.NRGBAModel.Convert(color.RGBA64{R: uint16(r / n), G: uint16(g / n), B: uint16(b / n), A: uint16(a / n)}).(color.NRGBA)
}
