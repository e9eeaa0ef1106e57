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

// room is one package as docs/architecture.md shows it.
type room struct {
	does    string   // the first sentence of its package comment, without "Package name"
	imports []string // our packages that it imports, tests aside
}

// rooms returns every package that is not a test's own, by its folder.
func rooms(t *testing.T) map[string]*room {
	t.Helper()
	out := map[string]*room{}
	for _, f := range goFiles(t) {
		if f.test || strings.HasPrefix(f.pkg, "internal/") {
			continue
		}
		r := out[f.pkg]
		if r == nil {
			r = &room{}
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

// aSentence is the first sentence of a package comment.
var aSentence = regexp.MustCompile(`(?s)^(?:Package \w+ |Command )?(.*?[.:])(?:\s|$)`)

func firstSentence(doc string) string {
	m := aSentence.FindStringSubmatch(strings.TrimSpace(doc))
	if m == nil {
		return ""
	}
	text := strings.Join(strings.Fields(m[1]), " ")
	return strings.ReplaceAll(strings.TrimRight(text, ".:"), "|", `\|`)
}

// generated returns the parts of docs/architecture.md that follow from the code, by the name in their markers.
func generated(rooms map[string]*room) map[string]string {
	return map[string]string{"picture": picture(rooms), "packages": table(rooms)}
}

func shown(pkg string) string {
	if pkg == "" {
		return "main"
	}
	return pkg
}

func table(rooms map[string]*room) string {
	var b strings.Builder
	b.WriteString("| package | what it does | imports |\n|---|---|---|\n")
	for _, pkg := range slices.Sorted(maps.Keys(rooms)) {
		r := rooms[pkg]
		var imports []string
		for _, to := range r.imports {
			imports = append(imports, "`"+to+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", shown(pkg), r.does, strings.Join(imports, ", "))
	}
	return b.String()
}

// picture draws the packages of the program as a Mermaid graph. An arrow that follows from two others is left out, and so are
// those to backend/stream, which all may use; source kinds are one room.
func picture(rooms map[string]*room) string {
	arrows := map[string]map[string]bool{}
	for pkg, r := range rooms {
		if within(pkg, "build") {
			continue
		}
		from := drawn(pkg)
		if arrows[from] == nil {
			arrows[from] = map[string]bool{}
		}
		for _, to := range r.imports {
			if to := drawn(to); to != from && to != "backend/stream" {
				arrows[from][to] = true
			}
		}
	}
	joined := map[string]bool{} // packages of tests alone have no arrows
	for from, all := range arrows {
		for to := range all {
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
			if !around(arrows, from, to) {
				fmt.Fprintf(&b, "  %s --> %s\n", nodeName(from), nodeName(to))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// drawn returns the room that stands for pkg in the picture.
func drawn(pkg string) string {
	if isKind(pkg) {
		return "backend/extract/kinds"
	}
	return shown(pkg)
}

func nodeName(pkg string) string { return strings.NewReplacer("/", "_").Replace(pkg) + "_" }

// around reports whether to can be reached from from by another way than the arrow between them.
func around(arrows map[string]map[string]bool, from, to string) bool {
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

func TestTheArchitectureDocumentShowsThePackagesAsTheyAre(t *testing.T) {
	file := filepath.Join(root(t), "docs", "architecture.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	current := text
	for name, part := range generated(rooms(t)) {
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
	t.Error("docs/architecture.md does not show the packages as they are: run go test ./app -run Architecture -update")
}

// mentioned are folders and files of the repository that a document names in code style.
var mentioned = regexp.MustCompile("`((?:app|backend|build|docs|frontend|internal)/[\\w./-]+)`")

// linked are the targets of Markdown links.
var linked = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

func TestDocumentsNameOnlyWhatExists(t *testing.T) {
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
