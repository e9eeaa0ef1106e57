package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The architecture, as rules that fail with their reason. A rule that stands in the way of something good is changed
// here, in its own commit, with the reason for the change.

const module = "gridwall"

// goFile is one Go file of the repository.
type goFile struct {
	path    string // from the repository's root, with slashes
	pkg     string // its folder; "" for the root
	name    string // of the package
	imports []string
	test    bool
	lines   int
	doc     string // the package comment, if any
}

// internal lists the imports that are ours, as folders.
func (f goFile) internal() (out []string) {
	for _, i := range f.imports {
		if i == module {
			out = append(out, "")
		} else if rest, ok := strings.CutPrefix(i, module+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal("app is not a folder of the repository's root: ", err)
	}
	return dir
}

// goFiles parses every Go file, whatever its build tags: an import under another tag is an import.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	dir := root(t)
	var files []goFile
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != dir && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "dist") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), p, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		files = append(files, describe(filepath.ToSlash(rel), text, tree))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d Go files found below %s", len(files), dir)
	}
	return files
}

func describe(rel string, text []byte, tree *ast.File) goFile {
	f := goFile{path: rel, pkg: path.Dir(rel), name: tree.Name.Name, test: strings.HasSuffix(rel, "_test.go"), lines: bytes.Count(text, []byte("\n"))}
	if f.pkg == "." {
		f.pkg = ""
	}
	for _, i := range tree.Imports {
		f.imports = append(f.imports, strings.Trim(i.Path.Value, "`\""))
	}
	if tree.Doc != nil {
		f.doc = tree.Doc.Text()
	}
	return f
}

func within(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

// isKind reports whether pkg is the code of one source kind.
func isKind(pkg string) bool { return strings.HasPrefix(pkg, "backend/extract/") }

// sideways are the arrows between packages of backend beside those to backend/stream, which all may use.
var sideways = map[string][]string{
	// What an answer is must be judged alike where it is played and where it is checked: else a stream is called live
	// that cannot play. The rules for every request (httpclient) are one library as well: were they an interface of each
	// package that fetches, each would have rules of its own again.
	// One rule says what encoding a foreign text is in, for lists, pages, programs and calendars alike.
	// There is one scheduler of source runs: who refreshes a listing and who renews a token must share a run, so both ask it.
	"backend/extract": {"backend/health", "backend/runs", "backend/source", "backend/media", "backend/cookies", "backend/httpclient", "backend/response", "backend/charset"},
	// A playlist is read by one parser as well: a check by another one would pass what playback cannot read.
	"backend/health": {"backend/chanlist", "backend/source", "backend/media", "backend/hls", "backend/cookies", "backend/httpclient", "backend/response"},
	// A source is proposed by trying it, with the extractor that will run it and the check that its streams will pass.
	"backend/guess": {"backend/chanlist", "backend/extract", "backend/health", "backend/httpclient", "backend/media", "backend/source"},
	// Events and the vocabulary for them are the nouns of every calendar format, and the formats are readers of the schedule.
	// Files in TOML are read, and mistakes in them placed, by one package (tomlfile), so that all errors look the same.
	"backend/schedule": {"backend/season", "backend/ics", "backend/jsoncal", "backend/timezone", "backend/tomlfile"},
	"backend/ics":      {"backend/season", "backend/timezone", "backend/charset"},
	"backend/jsoncal":  {"backend/season", "backend/charset"},
	"backend/season":   {"backend/charset"},
	// What an answer is depends on its bytes, and on what the client withheld from it.
	"backend/response": {"backend/httpclient", "backend/media"},
	"backend/proxy": {
		"backend/assets",
		"backend/fetch",
		"backend/hls",
		"backend/objects",
		"backend/playback",
		"backend/response",
		"backend/streamrecord",
		"backend/timeline",
	},
	// Streams, their requests and their handlers were one package, in which all reached all: now each knows those below it.
	"backend/playback": {
		"backend/assets",
		"backend/fetch",
		"backend/hls",
		"backend/cookies",
		"backend/httpclient",
		"backend/media",
		"backend/numbering",
		"backend/objects",
		"backend/renditions",
		"backend/response",
		"backend/streamrecord",
		"backend/timeline",
		"backend/token",
	},
	// A record is the descriptions of renditions and the numbers of timelines.
	"backend/streamrecord": {"backend/renditions", "backend/timeline"},
	"backend/fetch": {
		"backend/assets",
		"backend/busyhosts",
		"backend/hls",
		"backend/cookies",
		"backend/httpclient",
		"backend/media",
		"backend/objects",
		"backend/response",
		"backend/timeline",
	},
	// Hosts that are busy say so with a status.
	"backend/busyhosts": {"backend/response"},
	// Renditions are named by their attributes, as the playlist lists them.
	"backend/renditions": {"backend/hls"},
	// Numbers and names are decided apart from all fetching: what breaks a player for good is tested without a network. It
	// compares parsed playlists, and addresses by what they name beside their tokens.
	"backend/timeline":  {"backend/hls", "backend/token", "backend/numbering"},
	"backend/numbering": {"backend/hls"},
	// What stands outside of the timelines is named by the same identity as what stands in them.
	"backend/assets": {"backend/hls", "backend/timeline"},
	// A source file is checked by the rules that its requests will obey.
	"backend/source":  {"backend/httpclient", "backend/tomlfile"},
	"backend/refresh": {"backend/runs", "backend/token"},
	// A list names headers that its streams are requested with: they obey the rules of every request.
	"backend/chanlist": {"backend/httpclient"},
	"backend/democdn":  {"backend/hls"},
	// Which feeds a session has follows from the calendar, the rules and the sources; whether they open, from a setting.
	"backend/lineup": {"backend/rules", "backend/schedule", "backend/season", "backend/settings", "backend/source"},
	// What a caller may write is judged by what a source or a calendar would read and dial, in any spelling of a host.
	"backend/access": {"backend/httpclient", "backend/settings", "backend/source"},
	// A setting is validated by the rules of config.toml, which it may override.
	"backend/settings": {"backend/config", "backend/rules"},
	// A [[rule]] of config.toml is judged by the package that obeys it, so that an error has its line.
	"backend/config": {"backend/rules", "backend/tomlfile"},
	// Which spellings of a host are addresses is one list: else what is checked by name is not what is dialled.
	"backend/upstream": {"backend/httpclient", "backend/tcpconn"},
	// The client sends and keeps cookies by the rules of the jar.
	"backend/httpclient": {"backend/cookies"},
}

// joinedInApp are imported by app alone; others take them as small interfaces.
var joinedInApp = []string{"backend/democdn", "backend/upstream"}

// arrow returns "" if code of the package from may import the package to, otherwise the reason why not.
func arrow(from, to string) string {
	switch {
	case within(from, "build"), within(from, "internal"):
		return "" // tools that nothing imports, and test support
	case within(to, "internal"):
		return "internal holds what tests have in common; nothing that ships imports it"
	case within(to, "build"):
		return "build holds tools that are run, not a library"
	case from == "":
		if to != "app/cli" {
			return "main.go hands over to the command line at once, so that no second place builds things"
		}
		return ""
	case to == "":
		return "nothing can import main"
	case within(from, "frontend"):
		return "frontend embeds its files and knows nothing of the program, so that it builds without it"
	case within(from, "backend") && (within(to, "app") || within(to, "frontend")):
		return "backend must run without a shell, in a server as in a test; app is the one that knows backend, not the other way"
	case to == "app/cli":
		return "only main imports the command line"
	case from == "app":
		return "" // the composition root imports all parts
	case from == "app/cli" && (to == "app" || within(to, "app") || within(to, "backend") && !isKind(to)):
		return "" // commands print what the parts return; the kinds and how parts are joined stay in app
	case to == "app":
		return "only the command line imports the composition root; what it joins must not know it"
	case isKind(to) || slices.Contains(joinedInApp, to):
		if isKind(from) && isKind(to) && within(to, from) {
			return ""
		}
		return "only app imports source kinds, democdn and upstream: the list of kinds is in one visible place, and everybody else works without the demo and with any transport"
	case from == "app/api":
		if within(to, "backend") {
			return ""
		}
		return "app/api is the contract over backend; shells import it, it knows no shell"
	case within(from, "app"):
		// The parts of one shell may use each other, not the shell that is made of them.
		if to == "app/api" || to == "backend/stream" || to == "frontend" || within(to, from) || path.Dir(from) == path.Dir(to) && path.Dir(from) != "app" {
			return ""
		}
		return "a shell (desktop, tray, server) speaks with the facade app/api and with nothing behind or beside it, so that all shells can do the same"
	case from == "backend/stream" && to == "backend/token":
		return "" // redaction reads tokens by the grammar that expiry and identity use; token is pure and imports nothing of ours
	case from == "backend/token":
		return "backend/token is the grammar of tokens, which backend/stream redacts by; whatever it imported, all would import"
	case from == "backend/stream":
		return "backend/stream holds the nouns that all share; whatever it imported, all would import"
	case from == "backend/weburl":
		return "backend/weburl reads addresses for all that take one; whatever it imported, all would import"
	case to == "backend/stream", to == "backend/weburl", within(to, from+"/internal"):
		// An address is read alike wherever one is taken: in a source file, a page, a playlist, a redirect.
		return ""
	case isKind(from):
		// Two kinds run programs; that each ends with all that it started must not be written twice. Addresses and headers
		// that a site names are read by the rules of the requests that will be made of them, its text by the one rule for encodings.
		if to == "backend/extract" || to == "backend/chanlist" || to == "backend/source" || to == "backend/procgroup" || to == "backend/httpclient" || to == "backend/cookies" || to == "backend/charset" {
			return ""
		}
		return "a source kind turns a source into streams, with what backend/extract gives it and nothing else"
	case slices.Contains(sideways[from], to):
		return ""
	}
	return "packages of backend stand side by side: each declares the small private interface that it needs, and app joins them"
}

func TestArrowsPointDownwards(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, to := range f.internal() {
			why := arrow(f.pkg, to)
			if f.test {
				// Tests use real parts from beside them, but backend's must run without any shell.
				why = ""
				if within(f.pkg, "backend") && (within(to, "app") || within(to, "frontend")) {
					why = arrow(f.pkg, to)
				}
			}
			if why != "" {
				t.Errorf("%s imports %s/%s: %s", f.path, module, to, why)
			}
		}
	}
}

func TestRulesForbidTheArrowsTheyName(t *testing.T) {
	for _, a := range []struct {
		from, to string
		allowed  bool
	}{
		{"", "app/cli", true}, {"", "app", false}, {"", "backend/store", false}, {"app/cli", "app", true}, {"app/cli", "backend/extract", true}, {"app/cli", "backend/extract/m3u", false}, {"app", "app/cli", false}, {"app/server", "app/cli", false},
		{"app", "backend/democdn", true}, {"app", "backend/extract/m3u", true}, {"app", "app/server", true},
		{"app/server", "app/api", true}, {"app/server", "frontend", true}, {"app/server", "backend/proxy", false},
		{"app/server", "internal/testbus", false}, {"app", "internal/testprogram", false}, {"backend/hls", "internal/testcost", false}, {"internal/testkind", "backend/extract", true}, {"build/tools/window", "internal/testwindow", true},
		{"app/server", "app/desktop", false}, {"app/desktop/machine", "app/desktop/text", true}, {"app/desktop/machine", "app/desktop", false}, {"app/desktop/machine", "app/server/listen", false}, {"app/desktop", "app", false}, {"app/api", "app/server", false},
		{"app/api", "backend/refresh", true}, {"app/api", "backend/democdn", false}, {"app/api", "backend/extract/m3u", false},
		{"backend/proxy", "backend/hls", true}, {"backend/proxy", "backend/objects", true}, {"backend/objects", "backend/hls", false}, {"backend/proxy", "backend/timeline", true}, {"backend/timeline", "backend/hls", true}, {"backend/timeline", "backend/httpclient", false}, {"backend/extract", "backend/media", true}, {"backend/extract", "backend/hls", false}, {"backend/extract", "backend/health", true}, {"backend/health", "backend/hls", true}, {"backend/health", "backend/extract", false}, {"backend/extract", "backend/response", true}, {"backend/response", "backend/httpclient", true}, {"backend/httpclient", "backend/response", false}, {"backend/response", "backend/hls", false}, {"backend/media", "backend/hls", false}, {"backend/proxy", "backend/refresh", false}, {"backend/refresh", "backend/proxy", false},
		{"backend/refresh", "backend/token", true}, {"backend/extract", "backend/token", false}, {"backend/extract", "backend/upstream", false},
		{"backend/extract/m3u", "backend/extract", true}, {"backend/extract/command", "backend/procgroup", true}, {"backend/extract", "backend/procgroup", false},
		{"backend/extract/m3u", "backend/httpclient", true}, {"backend/fetch", "backend/httpclient", true}, {"backend/proxy", "backend/httpclient", false}, {"backend/proxy", "backend/playback", true}, {"backend/playback", "backend/fetch", true}, {"backend/fetch", "backend/playback", false}, {"backend/httpclient", "backend/upstream", false}, {"backend/hls", "backend/httpclient", false},
		{"backend/extract/m3u", "backend/charset", true}, {"backend/ics", "backend/charset", true}, {"backend/schedule", "backend/ics", true}, {"backend/ics", "backend/schedule", false}, {"backend/season", "backend/ics", false}, {"backend/charset", "backend/stream", true}, {"backend/charset", "backend/media", false},
		{"backend/extract/browser", "backend/upstream", false}, {"backend/extract/m3u", "backend/hls", false},
		{"backend/extract/m3u", "backend/extract/direct", false}, {"backend/extract", "backend/extract/m3u", false},
		{"backend/source", "backend/extract", false}, {"backend/store", "backend/stream", true}, {"backend/stream", "backend/token", true}, {"backend/token", "backend/stream", false},
		{"backend/store", "app/api", false}, {"backend/config", "backend/rules", true}, {"backend/rules", "backend/config", false}, {"backend/schedule", "backend/rules", false}, {"backend/hls", "frontend", false}, {"frontend", "backend/stream", false},
	} {
		if why := arrow(a.from, a.to); (why == "") != a.allowed {
			t.Errorf("%q → %q: allowed should be %t (%s)", a.from, a.to, a.allowed, why)
		}
	}
}

// forbidden are imports from outside that a part of the tree must do without.
var forbidden = []struct {
	within string
	banned func(imported string) bool
	why    string
}{
	{"backend", func(i string) bool {
		return strings.Contains(i, "wailsapp/") || strings.Contains(i, "fyne.io/")
	}, "backend runs on a server without a screen"},
	{"app/server", func(i string) bool {
		return strings.Contains(i, "wailsapp/") || strings.Contains(i, "fyne.io/")
	}, "the headless server is built without cgo and a screen"},
	{"app/api", func(i string) bool {
		return strings.Contains(i, "wailsapp/") || strings.Contains(i, "fyne.io/") || strings.Contains(i, "danielgtaylor/huma")
	}, "the contract is the same for every shell, so it knows the frame of none"},
	{"backend/stream", func(i string) bool { return strings.Contains(strings.SplitN(i, "/", 2)[0], ".") },
		"all import backend/stream, so it imports the standard library only"},
}

func TestPackagesDoNotImportWhatTheyMustDoWithout(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, rule := range forbidden {
			if f.test || !within(f.pkg, rule.within) {
				continue
			}
			for _, i := range f.imports {
				if rule.banned(i) {
					t.Errorf("%s imports %s: %s", f.path, i, rule.why)
				}
			}
		}
	}
}

// noNetwork are packages that take bytes and give bytes.
var noNetwork = []string{
	"backend/assets",
	"backend/charset",
	"backend/hls",
	"backend/jsoncal",
	"backend/media",
	"backend/numbering",
	"backend/objects",
	"backend/renditions",
	"backend/rules",
	"backend/season",
	"backend/store",
	"backend/stream",
	"backend/timeline",
	"backend/timezone",
	"backend/token",
}

func TestPackagesOfBytesKnowNoNetwork(t *testing.T) {
	const why = "it takes bytes and gives bytes; fetching is backend/fetch's and backend/extract's business, so that there is one place where a request can leave, and be refused"
	for _, f := range goFiles(t) {
		if !f.test && slices.Contains(noNetwork, f.pkg) && slices.Contains(f.imports, "net/http") {
			t.Errorf("%s imports net/http: %s", f.path, why)
		}
	}
	// And not through a library either.
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to ask for the packages behind a package")
	}
	for _, p := range noNetwork {
		cmd := exec.Command(goTool, "list", "-deps", "./"+p)
		cmd.Dir = root(t)
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("go list -deps ./%s: %v", p, err)
			continue
		}
		if slices.Contains(strings.Fields(string(out)), "net/http") {
			t.Errorf("%s imports net/http through a library: %s", p, why)
		}
	}
}

// topLevel is all that stands in the repository's root, beside dot-files and what .gitignore leaves out.
var topLevel = []string{"app", "backend", "frontend", "internal", "build", "docs", "wails.json", "main.go", "go.mod", "go.sum", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"}

func TestTopLevelStaysSmall(t *testing.T) {
	dir := root(t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	isIgnored := func(name string) bool {
		for pattern := range strings.SplitSeq(string(ignored), "\n") {
			if pattern == "" || pattern[0] == '#' || pattern[0] == '!' {
				continue
			}
			if ok, _ := path.Match(strings.Trim(pattern, "/"), name); ok {
				return true
			}
		}
		return false
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) && !isIgnored(name) {
			t.Errorf("%s stands at the top level: who looks for something has ten names to look at, no more; move it to app, backend, frontend, internal (test support) or build", name)
		}
	}
}

const (
	maxLines     = 400
	maxTestLines = 500
)

// longFiles are those above the limit, each with the reason.
var longFiles = map[string]string{}

func TestNoFileOutgrowsItsRoom(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		limit := maxLines
		if f.test {
			limit = maxTestLines
		}
		seen[f.path] = f.lines > limit
		if f.lines > limit && longFiles[f.path] == "" {
			t.Errorf("%s has %d lines, above %d: make a room, not a longer file (or list it in longFiles with the reason)", f.path, f.lines, limit)
		}
	}
	for p := range longFiles {
		if !seen[p] {
			t.Errorf("longFiles lists %s, which is gone or short again: remove it there", p)
		}
	}
}

func TestEveryPackageSaysOnceWhatLivesInIt(t *testing.T) {
	docs := map[string][]string{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		if _, ok := docs[f.pkg]; !ok {
			docs[f.pkg] = nil
		}
		if f.doc == "" {
			continue
		}
		docs[f.pkg] = append(docs[f.pkg], f.path)
		want := "Package " + f.name + " "
		if f.name == "main" {
			want = "" // a command's comment begins with the command's name
		}
		if !strings.HasPrefix(f.doc, want) {
			t.Errorf("%s: the package comment begins with %q, not with %q", f.path, strings.SplitN(f.doc, "\n", 2)[0], want)
		}
	}
	for pkg, files := range docs {
		if len(files) != 1 {
			t.Errorf("package %s/%s has %d package comments (%s): one, that says what lives there and what does not", module, pkg, len(files), strings.Join(files, ", "))
		}
	}
	if len(docs) < 5 {
		t.Error(fmt.Sprint("only these packages were found: ", docs))
	}
}
