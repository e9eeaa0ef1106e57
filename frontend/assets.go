// Package frontend holds the built web UI: frontend/dist, embedded. It only gives access to the files; app/server and
// app/desktop serve them.
package frontend

import (
	"embed"
	"io/fs"
)

// "all:" also embeds .gitkeep, the only file on a fresh clone: an empty folder cannot be embedded.
//
//go:embed all:dist
var files embed.FS

// Dist returns the built web UI, with index.html at the top, and reports whether it was built.
func Dist() (fs.FS, bool) {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(dist, "index.html")
	return dist, err == nil
}
