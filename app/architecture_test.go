package app_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the generated parts of docs/architecture.md")

// packageInfo is a package as docs/architecture.md shows it.
type packageInfo struct {
	does    string   // the first sentence of its package comment, without "Package name"
	imports []string // the packages of this module that it imports, without its tests' imports
}

// packages returns all packages except test support, by folder.
func packages(t *testing.T) map[string]*packageInfo {
	t.Helper()
	out := map[string]*packageInfo{}
	for _, f := range goFiles(t) {
		if f.test || strings.HasPrefix(f.pkg, "internal/") {
			continue
		}
		r := out[f.pkg]
		if r == nil {
			r = &packageInfo{}
			out[f.pkg] = r
		}
		if f.doc != "" {
			r.does = firstSentence(f.doc)
		}
		for _, to := range f.internal() {
			if to != f.pkg && !slices.Contains(r.imports, to) {
				r.imports = append(r.imports, to)
			}
		}
	}
	for _, r := range out {
		slices.Sort(r.imports)
	}
	return out
}

// sentence matches the first sentence of a package comment.
var sentence = regexp.MustCompile(`(?s)^(?:Package \w+ |Command )?(.*?[.:])(?:\s|$)`)

func firstSentence(doc string) string {
	m := sentence.FindStringSubmatch(strings.TrimSpace(doc))
	if m == nil {
		return ""
	}
	text := strings.Join(strings.Fields(m[1]), " ")
	return strings.ReplaceAll(strings.TrimRight(text, ".:"), "|", `\|`)
}

// generated returns the generated parts of docs/architecture.md, by the names in their markers.
func generated(all map[string]*packageInfo) map[string]string {
	return map[string]string{"picture": picture(all), "packages": table(all)}
}

func shown(pkg string) string {
	if pkg == "" {
		return "main"
	}
	return pkg
}

func table(all map[string]*packageInfo) string {
	var b strings.Builder
	b.WriteString("| package | what it does | imports |\n|---|---|---|\n")
	for _, pkg := range slices.Sorted(maps.Keys(all)) {
		r := all[pkg]
		var imports []string
		for _, to := range r.imports {
			imports = append(imports, "`"+to+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", shown(pkg), r.does, strings.Join(imports, ", "))
	}
	return b.String()
}

// picture draws the packages of the program as a Mermaid graph. It omits arrows that follow from two others, and those to
// backend/stream, which all packages may import. All source kinds are one node.
func picture(all map[string]*packageInfo) string {
	arrows := map[string]map[string]bool{}
	for pkg, r := range all {
		if within(pkg, "build") {
			continue
		}
		from := node(pkg)
		if arrows[from] == nil {
			arrows[from] = map[string]bool{}
		}
		for _, to := range r.imports {
			if to := node(to); to != from && to != "backend/stream" {
				arrows[from][to] = true
			}
		}
	}
	joined := map[string]bool{} // packages with only tests have no arrows
	for from, targets := range arrows {
		for to := range targets {
			joined[from], joined[to] = true, true
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, group := range []string{"app", "backend"} {
		fmt.Fprintf(&b, "  subgraph %s_packages[%s]\n", group, group)
		for _, pkg := range slices.Sorted(maps.Keys(arrows)) {
			if within(pkg, group) && joined[pkg] {
				fmt.Fprintf(&b, "    %s[%s]\n", nodeName(pkg), strings.TrimPrefix(pkg, "backend/"))
			}
		}
		b.WriteString("  end\n")
	}
	for _, from := range slices.Sorted(maps.Keys(arrows)) {
		for _, to := range slices.Sorted(maps.Keys(arrows[from])) {
			if !redundant(arrows, from, to) {
				fmt.Fprintf(&b, "  %s --> %s\n", nodeName(from), nodeName(to))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// node returns the node for pkg in the picture.
func node(pkg string) string {
	if isKind(pkg) {
		return "backend/extract/kinds"
	}
	return shown(pkg)
}

func nodeName(pkg string) string { return strings.NewReplacer("/", "_").Replace(pkg) + "_" }

// redundant reports whether other arrows lead from from to to as well.
func redundant(arrows map[string]map[string]bool, from, to string) bool {
	seen := map[string]bool{from: true}
	var reach func(string) bool
	reach = func(at string) bool {
		for next := range arrows[at] {
			if at == from && next == to || seen[next] {
				continue
			}
			if next == to {
				return true
			}
			seen[next] = true
			if reach(next) {
				return true
			}
		}
		return false
	}
	return reach(from)
}

func TestTheArchitectureDocumentIsCurrent(t *testing.T) {
	file := filepath.Join(root(t), "docs", "architecture.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	current := text
	for name, part := range generated(packages(t)) {
		marked := regexp.MustCompile(`(?s)(<!-- generated: ` + name + ` -->\n).*?(<!-- end -->)`)
		if !marked.Match(current) {
			t.Fatalf("%s has no part between %q and %q", file, "<!-- generated: "+name+" -->", "<!-- end -->")
		}
		current = marked.ReplaceAllFunc(current, func(old []byte) []byte {
			ends := marked.FindSubmatch(old)
			return slices.Concat(ends[1], []byte(part), ends[2])
		})
	}
	if bytes.Equal(text, current) {
		return
	}
	if *update {
		if err := os.WriteFile(file, current, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("docs/architecture.md is not current: run go test ./app -run Architecture -update")
}

// mentioned matches folders and files of the repository that a document names in code style.
var mentioned = regexp.MustCompile("`((?:app|backend|build|docs|frontend|internal)/[\\w./-]+)`")

// linked matches the targets of Markdown links.
var linked = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

func TestDocumentsNameOnlyExistingFiles(t *testing.T) {
	dir := root(t)
	var documents []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "build/*.md", ".github/*.md", ".github/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, found...)
	}
	if len(documents) < 10 {
		t.Fatal("too few documents: ", documents)
	}
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, document)
		for _, m := range mentioned.FindAllSubmatch(text, -1) {
			if at := string(m[1]); !strings.HasPrefix(at, "build/bin") && !exists(filepath.Join(dir, at)) {
				t.Errorf("%s names %s, which does not exist", name, at)
			}
		}
		for _, m := range linked.FindAllSubmatch(text, -1) {
			if at := string(m[1]); !strings.Contains(at, "://") && !exists(filepath.Join(filepath.Dir(document), path.Clean(at))) {
				t.Errorf("%s links to %s, which does not exist", name, at)
			}
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
