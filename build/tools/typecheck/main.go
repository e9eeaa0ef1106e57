// Command typecheck type-checks packages for another operating system without compiling them, so without cgo. It takes a tenth of the time
// of a cross build, which mostly compiles the standard library.
//
//	go run ./build/tools/typecheck darwin . ./app/... ./backend/...
package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: typecheck GOOS PACKAGE...")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "typecheck:", err)
		os.Exit(1)
	}
}

// check prints the errors of the packages that match the patterns, and returns an error if there are any.
func check(goos string, patterns []string) error {
	config := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax,
		Env:  append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0"),
	}
	all, err := packages.Load(config, patterns...)
	if err != nil {
		return err
	}
	if n := packages.PrintErrors(all); n > 0 {
		return fmt.Errorf("%d errors for %s", n, goos)
	}
	fmt.Printf("%d packages type-check for %s\n", len(all), goos)
	return nil
}
