package app_test

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// guiLibraries are the libraries of the desktop application, and the packages that may import them. A file that does so needs a
// build tag, so that the program and its tests can be built on a machine without GTK and cgo.
var guiLibraries = []struct {
	prefix string
	in     []string
	why    string
}{
	{"github.com/wailsapp/", []string{"app/desktop", "app/notify"}, "app/desktop makes the window; other code that depends on Wails could not be tested without it"},
	{"fyne.io/", []string{"app/tray"}, "app/tray makes the tray"},
}

func TestOnlyDesktopPackagesImportGUILibraries(t *testing.T) {
	dir := root(t)
	seen := 0
	for _, f := range goFiles(t) {
		for _, i := range f.imports {
			for _, rule := range guiLibraries {
				if !strings.HasPrefix(i, rule.prefix) {
					continue
				}
				seen++
				allowed := false
				for _, p := range rule.in {
					allowed = allowed || f.pkg == p
				}
				if !allowed {
					t.Errorf("%s imports %s: %s", f.path, i, rule.why)
				}
				if !onlyWithWindow(t, filepath.Join(dir, filepath.FromSlash(f.path))) {
					t.Errorf("%s imports %s, and is compiled into the headless program; it needs a build tag such as desktop || dev", f.path, i)
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d imports of the desktop's libraries were found: does this test look in the right place?", seen)
	}
}

// onlyWithWindow reports whether a file is excluded from a build without the tags desktop, dev and bindings.
func onlyWithWindow(t *testing.T, path string) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !constraint.IsGoBuild(line) {
			continue
		}
		expr, err := constraint.Parse(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(path, ": ", err)
		}
		window := map[string]bool{"desktop": true, "dev": true, "bindings": true}
		// All tags of operating systems are set, the window's are not.
		return !expr.Eval(func(tag string) bool { return !window[tag] })
	}
	return false
}

func TestTheHeadlessProgramDoesNotLinkGUILibraries(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to list the packages of the program")
	}
	cmd := exec.Command(goTool, "list", "-deps", ".")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("go list -deps .: ", err)
	}
	for p := range strings.FieldsSeq(string(out)) {
		for _, rule := range guiLibraries {
			if strings.HasPrefix(p, rule.prefix) {
				t.Errorf("the headless program links %s: it must be a static file that runs in an empty container", p)
			}
		}
		if p == module+"/app/desktop" || p == module+"/app/tray" {
			t.Errorf("the headless program links %s; only files of packages app and app/cli with the tag may import it", p)
		}
	}
}

func TestTheWindowsFacadeOnlyForwardsCalls(t *testing.T) {
	path := filepath.Join(root(t), "app", "desktop", "facade_gen.go")
	tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	methods := 0
	for _, decl := range tree.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		methods++
		passes := false
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.GoStmt, *ast.DeferStmt, *ast.BinaryExpr:
				t.Errorf("Facade.%s contains logic: anything the page can do must be available over HTTP, so it belongs in app/api", fn.Name.Name)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "a" && n.Sel.Name == fn.Name.Name {
					passes = true
				}
			}
			return true
		})
		if !passes {
			t.Errorf("Facade.%s does not call the method of app/api with the same name", fn.Name.Name)
		}
	}
	if methods < 15 {
		t.Errorf("facade_gen.go has only %d functions: does this test look in the right place?", methods)
	}
}

func TestDesktopPackagesDoNotImportEachOther(t *testing.T) {
	for _, a := range []struct {
		from, to string
		allowed  bool
	}{
		{"app/desktop", "app/api", true}, {"app/desktop", "backend/stream", true}, {"app/desktop", "frontend", true},
		{"app/desktop", "app/tray", false}, {"app/desktop", "app/server", false}, {"app/desktop", "backend/config", false},
		{"app/tray", "app/api", true}, {"app/tray", "app/desktop", false}, {"app/tray", "backend/schedule", false},
		{"app/notify", "app/api", true}, {"app/notify", "app/tray", false}, {"app/notify", "backend/store", false},
		{"app/autostart", "app/desktop", false}, {"app/autostart", "backend/config", false},
		{"backend/refresh", "app/notify", false}, {"app/api", "app/desktop", false}, {"main", "app/desktop", false},
	} {
		from := a.from
		if from == "main" {
			from = ""
		}
		if why := arrow(from, a.to); (why == "") != a.allowed {
			t.Errorf("%q → %q: allowed should be %t (%s)", a.from, a.to, a.allowed, why)
		}
	}
}
