// Gridwall keeps motorsport feeds playing while the tokens in their URLs expire. The command line is
// package app/cli; all parts are put together in package app.
package main

import (
	"os"

	"gridwall/app/cli"
)

// version is set at build time: -ldflags "-X main.version=1.2.3".
var version string

func main() { os.Exit(cli.Main(os.Args[1:], version, os.Stdout, os.Stderr)) }
