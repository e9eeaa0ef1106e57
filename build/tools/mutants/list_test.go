package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository, relative to this package.
const root = "../../.."

// A mutant whose text no longer occurs in the source proves nothing.
func TestEveryMutantAppliesToTheSource(t *testing.T) {
	if err := check(root); err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, m := range mutants() {
		if seen[m.name] {
			t.Errorf("%s: duplicate name", m.name)
		}
		seen[m.name] = true
		if len(m.edits) == 0 {
			t.Errorf("%s: it has no edits", m.name)
		}
	}
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// After a test was renamed, nothing would run and nothing would fail.
func TestEveryMutantHasAnExistingTest(t *testing.T) {
	tests := map[string][]string{} // by package
	for _, m := range mutants() {
		pkg, want := m.where()
		if tests[pkg] == nil {
			files, err := filepath.Glob(filepath.Join(root, pkg, "*_test.go"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: no tests in %s", m.name, pkg)
			}
			for _, f := range files {
				text, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				for _, match := range testFunc.FindAllStringSubmatch(string(text), -1) {
					tests[pkg] = append(tests[pkg], match[1])
				}
			}
		}
		want, _, _ = strings.Cut(want, "/")
		found := false
		for _, name := range tests[pkg] {
			found = found || strings.HasPrefix(name, want)
		}
		if !found {
			t.Errorf("%s: %s has no %s", m.name, pkg, want)
		}
	}
}
