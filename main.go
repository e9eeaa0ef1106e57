// Gridwall keeps motorsport feeds playing while the tokens in their URLs expire. All of it is put together in
// package app.
package main

import (
	"os"

	"gridwall/app"
)

// version is set at build time: -ldflags "-X main.version=1.2.3".
var version string

func main() { os.Exit(app.Main(os.Args[1:], version, os.Stdout, os.Stderr)) }
