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

// The rules of the architecture; a violation is reported with the reason for the rule. To change a rule, edit it here, in its own
// commit, and give the reason.

const module = "gridwall"

// goFile is one Go file of the repository.
type goFile struct {
	path    string // relative to the repository's root, with slashes
	pkg     string // the folder of its package; "" for the root
	name    string // the name of its package
	imports []string
	test    bool
	lines   int
	doc     string // the package comment, if any
}

// internal returns the folders of the imported packages of this module.
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
		t.Fatal("app is not in the repository's root: ", err)
	}
	return dir
}

// goFiles parses all Go files, whatever their build tags.
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

// sideways are the permitted imports between packages of backend, except backend/stream, which all may import.
var sideways = map[string][]string{
	// Playback and health check must judge an answer alike: otherwise a stream that cannot play would be called live. The rules
	// for requests (httpclient) are one library for the same reason: if each package that fetches had an interface for them, each
	// would have its own rules.
	// The encoding of foreign text is detected by one set of rules, for lists, pages, programs and calendars.
	// There is one scheduler of source runs, so that refreshing a listing and renewing a token share a run.
	"backend/extract": {"backend/health", "backend/runs", "backend/source", "backend/media", "backend/cookies", "backend/httpclient", "backend/response", "backend/charset"},
	// There is one parser of playlists: a health check with another one would accept playlists that playback cannot read.
	"backend/health": {"backend/chanlist", "backend/source", "backend/media", "backend/hls", "backend/cookies", "backend/httpclient", "backend/response"},
	// A proposed source is tried with the extractor that will run it and the health check for its streams.
	"backend/guess": {"backend/chanlist", "backend/extract", "backend/health", "backend/httpclient", "backend/media", "backend/source"},
	// All calendar formats share the types and the vocabulary of season; schedule reads the formats through ics and jsoncal.
	// One package (tomlfile) reads TOML files and reports the positions of mistakes, so that all errors look the same.
	"backend/schedule": {"backend/season", "backend/ics", "backend/jsoncal", "backend/timezone", "backend/tomlfile"},
	"backend/ics":      {"backend/season", "backend/timezone", "backend/charset"},
	"backend/jsoncal":  {"backend/season", "backend/charset"},
	"backend/season":   {"backend/charset"},
	// An answer is judged by its bytes, and by what the client did not send (httpclient).
	"backend/response": {"backend/httpclient", "backend/media"},
	"backend/proxy": {
		"backend/assets", "backend/fetch", "backend/hls", "backend/objects", "backend/playback",
		"backend/response", "backend/spares", "backend/streamrecord", "backend/timeline",
	},
	// A spare continues the playlists of another stream, so both are streams of playback. How two playlists become one is decided
	// without any fetching, because mistakes there break players.
	"backend/spares": {"backend/fetch", "backend/hls", "backend/playback", "backend/renditions", "backend/rules", "backend/splice", "backend/timeline"},
	"backend/splice": {"backend/numbering", "backend/timeline"},
	// Streams, their requests and their handlers were one package without layers; now each package imports only those below it.
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
	// A record contains the descriptions of renditions and the numbers of timelines.
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
	// Busy hosts answer with a status.
	"backend/busyhosts": {"backend/response"},
	// Renditions are named after the attributes in the playlist.
	"backend/renditions": {"backend/hls"},
	// Numbers and names are assigned without any fetching, because mistakes there break players permanently and must be testable
	// without a network. timeline compares parsed playlists, and addresses without their tokens.
	"backend/timeline":  {"backend/hls", "backend/token", "backend/numbering"},
	"backend/numbering": {"backend/hls"},
	// Addresses outside the timelines are compared by the same identity as those in them.
	"backend/assets": {"backend/hls", "backend/timeline"},
	// A source file is checked by the rules for its requests.
	"backend/source":  {"backend/httpclient", "backend/tomlfile"},
	"backend/refresh": {"backend/runs", "backend/token"},
	// The headers that a list names for its streams must obey the rules for all requests.
	"backend/chanlist": {"backend/httpclient"},
	"backend/democdn":  {"backend/hls"},
	// The feeds of a session depend on the calendar, the rules and the sources; whether they open, on a setting.
	"backend/lineup": {"backend/rules", "backend/schedule", "backend/season", "backend/settings", "backend/source"},
	// What a caller may write depends on the files that a source or a calendar would read and the hosts it would dial.
	"backend/access": {"backend/httpclient", "backend/settings", "backend/source"},
	// The JSON of streams, trials and calendars is written from the types of the packages that make them.
	"backend/jsontypes": {"backend/extract", "backend/schedule", "backend/season"},
	// A setting is validated by the rules of config.toml, which it may override.
	"backend/settings": {"backend/config", "backend/rules"},
	// A [[rule]] of config.toml is checked by the package that applies it, so that an error has its line.
	"backend/config": {"backend/rules", "backend/tomlfile"},
	// One list says which spellings of a host are addresses; otherwise the host that was checked might not be the one that is dialled.
	"backend/upstream": {"backend/httpclient", "backend/tcpconn"},
	// The client sends and keeps cookies by the rules of the jar.
	"backend/httpclient": {"backend/cookies"},
}

// joinedInApp are imported only by app; other packages use them through small interfaces.
var joinedInApp = []string{"backend/democdn", "backend/upstream"}

// arrow returns "" if code of the package from may import the package to, otherwise the reason why not.
func arrow(from, to string) string {
	switch {
	case within(from, "build"), within(from, "internal"):
		return "" // tools and test support
	case within(to, "internal"):
		return "internal is test support; no product package imports it"
	case within(to, "build"):
		return "build holds programs, not libraries"
	case from == "":
		if to != "app/cli" {
			return "main.go hands over to the command line at once, so that no second place builds things"
		}
		return ""
	case to == "":
		return "nothing can import main"
	case within(from, "frontend"):
		return "frontend embeds its files and does not depend on the program, so that it builds without it"
	case within(from, "backend") && (within(to, "app") || within(to, "frontend")):
		return "backend must run without a shell, for example in a test; app depends on backend, not the other way round"
	case to == "app/cli":
		return "only main imports the command line"
	case from == "app":
		return "" // the composition root imports all parts
	case from == "app/cli" && (to == "app" || within(to, "app") || within(to, "backend") && !isKind(to)):
		return "" // commands print what the parts return; only app knows the source kinds and how the parts are joined
	case to == "app":
		return "only the command line imports the composition root; the parts that it joins must not"
	case isKind(to) || slices.Contains(joinedInApp, to):
		if isKind(from) && isKind(to) && within(to, from) {
			return ""
		}
		return "only app imports source kinds, democdn and upstream: the kinds are listed in one place, and all other packages work without the demo and with any transport"
	case within(from, "app/api"):
		// The facade embeds its parts; each part reports its errors with fault.
		if within(to, "backend") || from == "app/api" && within(to, from) || from != "app/api/fault" && to == "app/api/fault" {
			return ""
		}
		return "app/api is the contract over backend; shells import it, it imports no shell"
	case within(from, "app"):
		// The parts of a shell may import each other, but not the shell itself.
		if to == "app/api" || to == "app/api/fault" || to == "backend/stream" || to == "frontend" || within(to, from) || path.Dir(from) == path.Dir(to) && path.Dir(from) != "app" {
			return ""
		}
		return "a shell (desktop, tray, server) uses only the facade app/api and its errors app/api/fault, so that all shells offer the same"
	case from == "backend/stream" && to == "backend/token":
		return "" // redaction uses the grammar of tokens; backend/token imports nothing of this module
	case from == "backend/token":
		return "backend/token is the grammar of tokens, which backend/stream uses to redact; whatever it imports, all packages import"
	case from == "backend/stream":
		return "backend/stream holds the types that all packages share; whatever it imports, all packages import"
	case from == "backend/weburl":
		return "backend/weburl parses addresses for all packages; whatever it imports, all packages import"
	case to == "backend/stream", to == "backend/weburl", within(to, from+"/internal"):
		// Addresses are parsed by the same rules everywhere: in a source file, a page, a playlist, a redirect.
		return ""
	case isKind(from):
		// Two kinds run programs; procgroup ends each with all its children. Addresses and headers that a site names are read by
		// the rules for requests, its text by the rules for encodings.
		if to == "backend/extract" || to == "backend/chanlist" || to == "backend/source" || to == "backend/procgroup" || to == "backend/httpclient" || to == "backend/cookies" || to == "backend/charset" {
			return ""
		}
		return "a source kind turns a source into streams, using only backend/extract and a few libraries"
	case slices.Contains(sideways[from], to):
		return ""
	}
	return "packages of backend are peers: each declares the small private interface that it needs, and app joins them"
}

func TestArrowsPointDownwards(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, to := range f.internal() {
			why := arrow(f.pkg, to)
			if f.test {
				// Tests may import other parts, but tests of backend must run without a shell.
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

func TestImportRulesAllowAndForbidTheRightArrows(t *testing.T) {
	for _, a := range []struct {
		from, to string
		allowed  bool
	}{
		{"", "app/cli", true}, {"", "app", false}, {"", "backend/store", false}, {"app/cli", "app", true}, {"app/cli", "backend/extract", true}, {"app/cli", "backend/extract/m3u", false}, {"app", "app/cli", false}, {"app/server", "app/cli", false},
		{"app", "backend/democdn", true}, {"app", "backend/extract/m3u", true}, {"app", "app/server", true},
		{"app/server", "app/api", true}, {"app/server", "frontend", true}, {"app/server", "backend/proxy", false},
		{"app/server", "internal/testbus", false}, {"app", "internal/testprogram", false}, {"backend/hls", "internal/testcost", false}, {"internal/testkind", "backend/extract", true}, {"build/tools/window", "internal/testwindow", true},
		{"app/server", "app/desktop", false}, {"app/desktop/machine", "app/desktop/text", true}, {"app/desktop/machine", "app/desktop", false}, {"app/desktop/machine", "app/server/listen", false}, {"app/desktop", "app", false}, {"app/api", "app/server", false},
		{"app/server", "app/api/fault", true}, {"app/server", "app/api/wall", false}, {"app/api", "app/api/wall", true}, {"app/api/wall", "app/api/fault", true}, {"app/api/wall", "app/api", false}, {"app/api/fault", "app/api/wall", false}, {"app/api/wall", "backend/walls", true}, {"app/api/wall", "app/server", false}, {"app/api", "backend/refresh", true}, {"app/api", "backend/democdn", false}, {"app/api", "backend/extract/m3u", false},
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

// forbidden are external packages that a part of the tree must not import.
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
	}, "the contract is the same for every shell, so it must not depend on the library of one"},
	{"backend/stream", func(i string) bool { return strings.Contains(strings.SplitN(i, "/", 2)[0], ".") },
		"all packages import backend/stream, so it imports only the standard library"},
}

func TestPackagesDoNotImportForbiddenLibraries(t *testing.T) {
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

// noNetwork are packages that only transform data in memory.
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
	"backend/screens",
	"backend/season",
	"backend/splice",
	"backend/store",
	"backend/stream",
	"backend/timeline",
	"backend/timezone",
	"backend/token",
}

func TestPurePackagesDoNotImportNetHTTP(t *testing.T) {
	const why = "it must not send requests; only backend/fetch and backend/extract do, so that requests are sent, and refused, in one place"
	for _, f := range goFiles(t) {
		if !f.test && slices.Contains(noNetwork, f.pkg) && slices.Contains(f.imports, "net/http") {
			t.Errorf("%s imports net/http: %s", f.path, why)
		}
	}
	// Nor through a library.
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to list the dependencies of a package")
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

// topLevel is everything in the repository's root, except dot-files and ignored files.
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
			t.Errorf("%s is at the top level, which must stay short enough to survey; move it to app, backend, frontend, internal (test support) or build", name)
		}
	}
}

const (
	maxLines     = 400
	maxTestLines = 500
)

// longFiles are the files that may exceed the limit, each with the reason.
var longFiles = map[string]string{}

func TestFilesStayShort(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		limit := maxLines
		if f.test {
			limit = maxTestLines
		}
		seen[f.path] = f.lines > limit
		if f.lines > limit && longFiles[f.path] == "" {
			t.Errorf("%s has %d lines, more than %d: split it into files or packages (or list it in longFiles with the reason)", f.path, f.lines, limit)
		}
	}
	for p := range longFiles {
		if !seen[p] {
			t.Errorf("longFiles lists %s, which does not exist or is short enough: remove the entry", p)
		}
	}
}

func TestEveryPackageHasOnePackageComment(t *testing.T) {
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
			want = "" // the comment of a command begins with the name of the command
		}
		if !strings.HasPrefix(f.doc, want) {
			t.Errorf("%s: the package comment begins with %q, not with %q", f.path, strings.SplitN(f.doc, "\n", 2)[0], want)
		}
	}
	for pkg, files := range docs {
		if len(files) != 1 {
			t.Errorf("package %s/%s has %d package comments (%s): it needs one, that says what belongs there and what does not", module, pkg, len(files), strings.Join(files, ", "))
		}
	}
	if len(docs) < 5 {
		t.Error(fmt.Sprint("only these packages were found: ", docs))
	}
}
