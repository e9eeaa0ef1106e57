//go:build dev

package server

// developmentOrigins are the origins of development servers: Vite's, and that of the proxy that Wails puts in front of it.
var developmentOrigins = []string{"http://localhost:5173", "http://localhost:34115"}
