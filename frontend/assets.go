// Package frontend holds the built web UI: frontend/dist, embedded. It holds no code of its own; what serves the files
// lives in app/server and app/desktop.
package frontend

import (
	"embed"
	"io/fs"
)

// "all:" so that the folder may be embedded while it holds nothing but .gitkeep: on a fresh clone, before Node ran.
//
//go:embed all:dist
var files embed.FS

// Dist returns the built web UI with index.html at its top, and whether it was built at all.
func Dist() (fs.FS, bool) {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(dist, "index.html")
	return dist, err == nil
}
