// Command contract generates files from the API: the OpenAPI document, the operations that the page calls, and the methods that the
// window binds. build/contract runs it, and then the generators that read its output.
//
//	go run ./build/tools/contract          write the files
//	go run ./build/tools/contract -check   fail if a committed file is not current
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "fail if a committed file is not current, and write nothing")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(1)
	}
}

// run generates all files below the repository's root.
func run(root string, check bool) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	var stale error
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
			continue
		}
		if check {
			stale = errors.Join(stale, fmt.Errorf("%s is not current; run build/contract", name))
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return stale
}

// The generated files, relative to the repository's root.
const (
	openAPIFile    = "frontend/src/lib/api/generated/openapi.json"
	operationsFile = "frontend/src/lib/api/generated/operations.ts"
	windowFile     = "frontend/src/lib/api/generated/window.ts"
	facadeFile     = "app/desktop/facade_gen.go"
)

// generate returns the text of each file, by name.
func generate(root string) (map[string][]byte, error) {
	doc, text, err := describe()
	if err != nil {
		return nil, err
	}
	methods, err := methodsOf(root, "app/api", "API")
	if err != nil {
		return nil, err
	}
	ops, err := join(doc, methods)
	if err != nil {
		return nil, err
	}
	words, err := constants(filepath.Join(root, "app", "desktop"))
	if err != nil {
		return nil, err
	}
	facade, err := facadeText(ops)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		openAPIFile:    text,
		operationsFile: operationsText(doc, ops),
		windowFile:     windowText(words),
		facadeFile:     facade,
	}, nil
}
