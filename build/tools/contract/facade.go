package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// module is the prefix of the import paths of the program's own packages.
const module = "gridwall/"

// methodsOf returns the methods of a type that take a context, which are those for clients, and those of the types that it embeds
// from other packages of the program. dir is the folder of its package, below the repository's root.
func methodsOf(root, dir, name string) (map[string]method, error) {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
	if err != nil {
		return nil, err
	}
	own, promoted := map[string]method{}, map[string]method{}
	found := false
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				err = addMethod(own, d, name)
			case *ast.GenDecl:
				fields, ok := structFields(d, name)
				found = found || ok
				err = addEmbedded(promoted, root, tree, fields)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	if !found {
		return nil, fmt.Errorf("%s has no struct %s", dir, name)
	}
	maps.Copy(promoted, own) // a type's own method hides one that it embeds
	return promoted, nil
}

// addMethod adds f if it is an exported method of the type, and takes a context.
func addMethod(out map[string]method, f *ast.FuncDecl, name string) error {
	if f.Recv == nil || !f.Name.IsExported() || typeName(f.Recv.List[0].Type) != "*"+name {
		return nil
	}
	m, ok, err := methodOf(f)
	if ok {
		out[m.name] = m
	}
	return err
}

// structFields returns the fields of the struct that d declares under the name; ok is false if it declares none.
func structFields(d *ast.GenDecl, name string) (fields []*ast.Field, ok bool) {
	for _, s := range d.Specs {
		if s, isType := s.(*ast.TypeSpec); isType && s.Name.Name == name {
			if st, isStruct := s.Type.(*ast.StructType); isStruct {
				return st.Fields.List, true
			}
		}
	}
	return nil, false
}

// addEmbedded adds the methods of the embedded fields. Each must be a pointer to a struct of another package of the program.
func addEmbedded(out map[string]method, root string, tree *ast.File, fields []*ast.Field) error {
	for _, f := range fields {
		if len(f.Names) > 0 {
			continue
		}
		pkg, name, ok := strings.Cut(strings.TrimPrefix(typeName(f.Type), "*"), ".")
		dir := folderOf(tree, pkg)
		if !ok || dir == "" {
			return fmt.Errorf("%s is embedded; embed only structs of other packages of this program", typeName(f.Type))
		}
		methods, err := methodsOf(root, dir, name)
		if err != nil {
			return err
		}
		maps.Copy(out, methods)
	}
	return nil
}

// folderOf returns the folder of the package of the program that a file imports as pkg; "" if it imports none.
func folderOf(tree *ast.File, pkg string) string {
	for _, i := range tree.Imports {
		at, err := strconv.Unquote(i.Path.Value)
		dir, ok := strings.CutPrefix(at, module)
		if err == nil && ok && (i.Name == nil && path.Base(dir) == pkg || i.Name != nil && i.Name.Name == pkg) {
			return dir
		}
	}
	return ""
}
