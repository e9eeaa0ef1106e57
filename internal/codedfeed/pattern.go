package codedfeed

import _ "embed"

// The picture: 25 frames a second of Width x Height pixels, in Columns x Rows cells.
const (
	Width, Height = 320, 180
	FrameRate     = 25
	Columns, Rows = 8, 4
)

const cellWidth, cellHeight = Width / Columns, Height / Rows

// Script defines gridwallCoded() in a page: it reads the frames that all videos of the wall show at one instant.
//
//go:embed script.js
var Script string

// Draw draws the frame with this number (24 bits) in 8-bit grey.
func Draw(frame uint32, grey []byte) {
	word := frame<<8 | uint32(checksum(frame))
	for y := range Height {
		for column := range Columns {
			bit := (y/cellHeight)*Columns + column
			value := byte(16)
			if word>>(Columns*Rows-1-bit)&1 == 1 {
				value = 235
			}
			row := grey[y*Width+column*cellWidth:][:cellWidth]
			for x := range row {
				row[x] = value
			}
		}
	}
}

// Read returns the number of the frame in an 8-bit grey picture, and whether its checksum is right.
func Read(grey []byte) (frame uint32, ok bool) {
	var word uint32
	for bit := range Columns * Rows {
		x, y := bit%Columns*cellWidth+cellWidth/2, bit/Columns*cellHeight+cellHeight/2
		word <<= 1
		if grey[y*Width+x] > 127 {
			word |= 1
		}
	}
	frame = word >> 8
	return frame, byte(word) == checksum(frame)
}

// checksum is CRC-8 (polynomial 0x07) that starts with 0xff, so that a picture of one colour is no frame.
func checksum(frame uint32) byte {
	crc := byte(0xff)
	for shift := 16; shift >= 0; shift -= 8 {
		crc ^= byte(frame >> shift)
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x07
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
