//go:build dev

package server

// developmentOrigins are the origins of development servers: Vite's own, and the one that Wails puts before it.
var developmentOrigins = []string{"http://localhost:5173", "http://localhost:34115"}
