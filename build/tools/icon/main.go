package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
)

// id identifies the program: it is the name of its .desktop file, its AppStream data and its icon.
const id = "io.github.gridwall.Gridwall"

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "icon:", err)
		os.Exit(1)
	}
}

// write writes all files, below the repository's root.
func write(root string) error {
	all, err := files()
	if err != nil {
		return err
	}
	for name, data := range all {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// picture describes a PNG picture.
type picture struct {
	size int
	draw func(size int) []shape
}

// pictures returns the PNG pictures, by path in the repository.
func pictures() map[string]picture {
	out := map[string]picture{
		"frontend/public/icon-192.png":        {192, application},
		"build/appicon.png":                   {1024, application}, // for Wails' packaging
		"app/tray/icons/idle-template-44.png": {44, idleTemplate},
		"app/tray/icons/live-template-44.png": {44, liveTemplate},
	}
	for _, n := range []int{16, 22, 24, 32, 48, 64, 128, 256, 512} {
		out[fmt.Sprintf("build/linux/icons/%dx%d/apps/%s.png", n, n, id)] = picture{n, application}
	}
	for _, n := range []int{22, 32, 64} {
		out[fmt.Sprintf("app/tray/icons/idle-%d.png", n)] = picture{n, idle}
		out[fmt.Sprintf("app/tray/icons/live-%d.png", n)] = picture{n, live}
	}
	return out
}

// texts returns the SVG pictures, by path in the repository.
func texts() map[string]string {
	const large = 512
	return map[string]string{
		"build/linux/icons/scalable/apps/" + id + ".svg": svg(large, "", application(large)),
		"frontend/public/favicon.svg":                    svg(64, "", application(64)),
		"frontend/public/mark.svg": svg(24, ".m{fill:#15171a}.o{stroke:#15171a}"+
			"@media(prefers-color-scheme:dark){.m{fill:#e8eaed}.o{stroke:#e8eaed}}", bare()),
	}
}

// files returns all files, by path in the repository.
func files() (map[string][]byte, error) {
	out := map[string][]byte{}
	for name, text := range texts() {
		out[name] = []byte(text)
	}
	for name, p := range pictures() {
		data, err := encode(p.size, p.draw(p.size))
		if err != nil {
			return nil, err
		}
		out[name] = data
	}
	panel, program := []int{16, 20, 24, 32, 48}, []int{16, 24, 32, 48, 64, 128, 256}
	for name, i := range map[string]struct {
		sizes []int
		draw  func(int) []shape
	}{
		"app/tray/icons/idle.ico": {panel, idle}, "app/tray/icons/live.ico": {panel, live}, "build/windows/icon.ico": {program, application},
	} {
		data, err := ico(i.sizes, i.draw)
		if err != nil {
			return nil, err
		}
		out[name] = data
	}
	return out, nil
}

func encode(size int, shapes []shape) ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, pixels(size, shapes)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ico returns a Windows icon that contains PNG pictures, which Windows supports since Vista.
func ico(sizes []int, draw func(int) []shape) ([]byte, error) {
	const header, entry = 6, 16
	var head, body bytes.Buffer
	_ = binary.Write(&head, binary.LittleEndian, []uint16{0, 1, uint16(len(sizes))})
	for _, n := range sizes {
		data, err := encode(n, draw(n))
		if err != nil {
			return nil, err
		}
		side := byte(n) // 256 is written as 0
		_ = binary.Write(&head, binary.LittleEndian, struct {
			Width, Height, Colours, Reserved byte
			Planes, Bits                     uint16
			Bytes, At                        uint32
		}{side, side, 0, 0, 1, 32, uint32(len(data)), uint32(header + entry*len(sizes) + body.Len())})
		body.Write(data)
	}
	return append(head.Bytes(), body.Bytes()...), nil
}
