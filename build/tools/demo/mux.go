package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ffmpeg writes one fragment for each sample, which makes its file easy to read. Here the samples are joined into the 30 fragments that
// democdn serves. The init section is not changed.

// parts is how many media segments a loop has.
const parts = 30

// be is the byte order of ISO/IEC 14496-12.
var be = binary.BigEndian

// media is the content of a file of ffmpeg: the init section (ftyp, moov) and the samples in order.
type media struct {
	init    []byte
	samples [][]byte
}

// readSamples parses a fragmented file with one sample in each fragment.
func readSamples(file []byte) (media, error) {
	var m media
	for at := 0; at+8 <= len(file); {
		size := int(be.Uint32(file[at:]))
		if size < 8 || at+size > len(file) {
			return m, fmt.Errorf("box at byte %d has an impossible size of %d", at, size)
		}
		box := file[at : at+size]
		switch string(box[4:8]) {
		case "ftyp", "moov":
			m.init = append(m.init, box...)
		case "mdat":
			m.samples = append(m.samples, box[8:])
		}
		at += size
	}
	if len(m.init) == 0 || len(m.samples) == 0 {
		return m, errors.New("ffmpeg's file has no init section or no samples")
	}
	return m, nil
}

// cut returns the init section and the loop's fragments. Each sample lasts span units of the track's timescale. Fragment k starts with
// the first sample at or after its time. If the number of samples is not divisible by parts (AAC), the fragments differ by one sample.
func (m media) cut(span uint32, video bool) []byte {
	out := append([]byte(nil), m.init...)
	n := len(m.samples)
	for k := range parts {
		from, to := (k*n+parts-1)/parts, ((k+1)*n+parts-1)/parts
		out = append(out, fragment(uint32(k+1), uint64(from)*uint64(span), span, m.samples[from:to], video)...)
	}
	return out
}

func box(kind string, content ...[]byte) []byte {
	out := append(make([]byte, 4), kind...)
	for _, c := range content {
		out = append(out, c...)
	}
	be.PutUint32(out, uint32(len(out)))
	return out
}

func u32(v ...uint32) (out []byte) {
	for _, x := range v {
		out = be.AppendUint32(out, x)
	}
	return out
}

// fragment returns one CMAF fragment: moof with an mfhd, and one traf with tfhd, tfdt (version 1: 64 bits) and trun; mdat.
func fragment(number uint32, decode uint64, span uint32, samples [][]byte, video bool) []byte {
	const (
		baseIsMoof, hasDuration, hasFlags        = 0x020000, 0x000008, 0x000020 // tfhd
		dataOffset, firstFlags, sizes            = 0x000001, 0x000004, 0x000200 // trun
		sync, dependent                   uint32 = 0x02000000, 0x01010000
	)
	others := sync
	if video {
		others = dependent
	}
	build := func(offset uint32) []byte {
		run := u32(dataOffset|firstFlags|sizes, uint32(len(samples)), offset, sync)
		for _, s := range samples {
			run = append(run, u32(uint32(len(s)))...)
		}
		return box("moof",
			box("mfhd", u32(0, number)),
			box("traf",
				box("tfhd", u32(baseIsMoof|hasDuration|hasFlags, 1, span, others)),
				box("tfdt", u32(1<<24), be.AppendUint64(nil, decode)),
				box("trun", run)))
	}
	moof := build(uint32(len(build(0))) + 8)
	return append(moof, box("mdat", samples...)...)
}
