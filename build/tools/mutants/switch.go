package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// switchVariable is the environment variable with the number of the active mutant, in a program that contains all of them.
const switchVariable = "GRIDWALL_MUTANT"

// errNoFunction is returned for a mutant that changes more than functions and imports, because it cannot be switched.
var errNoFunction = errors.New("it changes more than functions; change a function that uses the declaration")

// switched builds files that contain all mutants: a function that a mutant changes gets a copy with the change, and calls it if that
// mutant is active. Building once and choosing by a variable takes a tenth of the time of a build for each mutant.
type switched struct {
	root string
	// files are the changed files, by path.
	files map[string]*switchedFile
}

func newSwitched(root string) *switched {
	return &switched{root: root, files: map[string]*switchedFile{}}
}

type switchedFile struct {
	text    string
	imports string // the import declaration of the mutant that changes it; "" if none does
	inserts []insert
	twins   strings.Builder
}

type insert struct {
	at, end int // the text between these offsets is replaced
	text    string
}

// add adds mutant number n.
func (s *switched) add(n int, m mutant) error {
	before, after, err := m.files(s.root)
	if err != nil {
		return err
	}
	for path := range after { // all or nothing
		if _, err := changedFunctions(before[path], after[path]); err != nil {
			return err
		}
	}
	for path, text := range after {
		f := s.files[path]
		if f == nil {
			f = &switchedFile{text: before[path]}
			s.files[path] = f
		}
		pairs, _ := changedFunctions(before[path], text)
		for _, p := range pairs {
			f.twin(n, p, text)
		}
		if now := importsOf(text); now != importsOf(before[path]) {
			if f.imports != "" && f.imports != now {
				return fmt.Errorf("%s: two mutants change its imports", path)
			}
			f.imports = now
		}
	}
	return nil
}

// pair is a function before and after a mutant's edits.
type pair struct{ old, new *ast.FuncDecl }

// changedFunctions returns the functions in which two texts of a file differ.
func changedFunctions(before, after string) (pairs []pair, err error) {
	old, err := declarations(before)
	if err != nil {
		return nil, err
	}
	now, err := declarations(after)
	if err != nil {
		return nil, err
	}
	if len(old) != len(now) {
		return nil, errNoFunction
	}
	for i := range old {
		if textOf(before, old[i]) == textOf(after, now[i]) || isImport(old[i]) && isImport(now[i]) {
			continue
		}
		a, ok := old[i].(*ast.FuncDecl)
		b, also := now[i].(*ast.FuncDecl)
		if !ok || !also || a.Body == nil || a.Type.TypeParams != nil || before[a.Pos()-1:a.Body.Lbrace-1] != after[b.Pos()-1:b.Body.Lbrace-1] {
			return nil, errNoFunction
		}
		pairs = append(pairs, pair{a, b})
	}
	return pairs, nil
}

func isImport(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// importsOf returns the first import declaration of a file, "" for none.
func importsOf(text string) string {
	all, err := declarations(text)
	if err != nil || len(all) == 0 || !isImport(all[0]) {
		return ""
	}
	return textOf(text, all[0])
}

// declarations parses a file. The position of its first byte is 1.
func declarations(text string) ([]ast.Decl, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return file.Decls, nil
}

func textOf(text string, n ast.Node) string { return text[n.Pos()-1 : n.End()-1] }

// twin adds the changed copy of a function, and the branch to it at the beginning of the original.
func (f *switchedFile) twin(n int, p pair, text string) {
	name := fmt.Sprintf("%s_mutant%d", p.new.Name.Name, n)
	// The copy keeps the parameters unchanged: those that it does not use need no names.
	f.twins.WriteString("\nfunc " + text[p.new.Type.Func+4-1:p.new.Name.Pos()-1] + name + text[p.new.Name.End()-1:p.new.End()-1] + "\n")
	call := name
	if p.old.Recv != nil {
		call = f.names(p.old.Recv, "mutantRecv")[0] + "." + call
	}
	call += "(" + strings.Join(f.names(p.old.Type.Params, "mutantArg"), ", ") + ")"
	if p.old.Type.Results != nil {
		call = "return " + call
	} else {
		call += "; return"
	}
	at := int(p.old.Body.Lbrace)
	f.inserts = append(f.inserts, insert{at, at, fmt.Sprintf(" if mutantOn == %q { %s };", strconv.Itoa(n), call)})
}

// names returns the arguments for a call with the parameters. Those without a name get one.
func (f *switchedFile) names(list *ast.FieldList, fresh string) (out []string) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		dots := ""
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			dots = "..."
		}
		give := func(from, to token.Pos, suffix string) {
			name := fresh + strconv.Itoa(len(out))
			f.inserts = append(f.inserts, insert{int(from) - 1, int(to) - 1, name + suffix})
			out = append(out, name+dots)
		}
		if len(field.Names) == 0 {
			give(field.Type.Pos(), field.Type.Pos(), " ")
		}
		for _, n := range field.Names {
			if n.Name == "_" {
				give(n.Pos(), n.End(), "")
				continue
			}
			out = append(out, n.Name+dots)
		}
	}
	return out
}

// texts returns the changed files and the files with the switch, by path.
func (s *switched) texts() map[string]string {
	out := map[string]string{}
	for path, f := range s.files {
		slices.SortStableFunc(f.inserts, func(a, b insert) int { return a.at - b.at })
		f.inserts = slices.CompactFunc(f.inserts, func(a, b insert) bool { return a == b }) // two mutants of a function name its parameters twice
		var b strings.Builder
		pos := 0
		for _, i := range f.inserts {
			b.WriteString(f.text[pos:i.at] + i.text)
			pos = i.end
		}
		b.WriteString(f.text[pos:] + f.twins.String())
		out[path] = b.String()
		if f.imports != "" {
			out[path] = strings.Replace(out[path], importsOf(f.text), f.imports, 1)
		}
		file, _ := parser.ParseFile(token.NewFileSet(), "", f.text, parser.PackageClauseOnly) // it was parsed before
		out[filepath.Join(filepath.Dir(path), "mutant_switch.go")] = "package " + file.Name.Name + "\n\nimport \"os\"\n\nvar mutantOn = os.Getenv(\"" + switchVariable + "\")\n"
	}
	return out
}
