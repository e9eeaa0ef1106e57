package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gridwall/app/server/rest"
)

// document is the part of an OpenAPI document that the generators use.
type document struct {
	Paths      map[string]map[string]endpoint
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct {
				Enum []string
			}
		}
	}
}

type endpoint struct {
	OperationID string
	Summary     string
	Parameters  []parameter
	RequestBody *struct {
		Required bool
	}
	Responses map[string]struct {
		Headers map[string]any
		Content map[string]any
	}
}

type parameter struct {
	Name, In, Description string
}

// describe returns the OpenAPI document of app/server/rest, and its text with indentation.
func describe() (doc document, text []byte, err error) {
	raw, err := rest.Describe("0")
	if err != nil {
		return doc, nil, err
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return doc, nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return doc, nil, err
	}
	out.WriteByte('\n')
	return doc, out.Bytes(), nil
}

// method is a method of api.API, with its arguments after the context.
type method struct {
	name   string
	args   []arg
	result string // a type of package api; "" if it returns only an error
}

// arg is an argument of a method.
type arg struct {
	// name is the name in Go; the method place replaces it by that of the HTTP parameter, which the authors of the page know.
	name, goType string
	// place is the name of the HTTP parameter, or bodyPlace.
	place    string
	optional bool
	doc      string
}

// methodOf reads one method; ok is false for one without a context.
func methodOf(f *ast.FuncDecl) (m method, ok bool, err error) {
	m.name = f.Name.Name
	params := f.Type.Params.List
	if len(params) == 0 || typeName(params[0].Type) != "context.Context" {
		return m, false, nil
	}
	for _, p := range params[1:] {
		if len(p.Names) == 0 {
			return m, false, fmt.Errorf("%s has an argument without a name", m.name)
		}
		for _, n := range p.Names {
			m.args = append(m.args, arg{name: n.Name, goType: typeName(p.Type)})
		}
	}
	results := f.Type.Results.List
	switch {
	case len(results) == 0 || len(results) > 2 || typeName(results[len(results)-1].Type) != "error":
		return m, false, fmt.Errorf("%s must return an error, or a result and an error", m.name)
	case len(results) == 2:
		m.result = typeName(results[0].Type)
	}
	return m, true, nil
}

// typeName returns the source text of a type: an identifier, a qualified identifier, or a pointer to one.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	}
	return "?"
}

// operation is a method of api.API with the route that serves it.
type operation struct {
	method
	id, summary string
	verb, path  string
	// irregular operations use headers, so that the page's client needs special code for them.
	irregular bool
}

const (
	// bodyPlace is the place of an argument that is the request's body.
	bodyPlace = "body"
	// minName is the minimum length of an argument's name in Go for it to be used in TypeScript too.
	minName = 3
)

// join pairs each operation that returns JSON or nothing with its method.
func join(doc document, methods map[string]method) (ops []operation, err error) {
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, verb := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			e := doc.Paths[path][verb]
			if !e.exchangesJSON() {
				continue
			}
			m, ok := methods[strings.ToUpper(e.OperationID[:1])+e.OperationID[1:]]
			if !ok {
				return nil, fmt.Errorf("the operation %s has no method of that name in app/api", e.OperationID)
			}
			op := operation{method: m, id: e.OperationID, summary: e.Summary, verb: strings.ToUpper(verb), path: path, irregular: e.usesHeaders()}
			if err := op.place(doc, e); err != nil {
				return nil, fmt.Errorf("%s: %w", op.id, err)
			}
			ops = append(ops, op)
		}
	}
	slices.SortFunc(ops, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return ops, nil
}

// exchangesJSON reports whether a method of api.API serves the endpoint. Event streams, files and playlists are served otherwise.
func (e endpoint) exchangesJSON() bool {
	if !e.documented() {
		return false
	}
	if _, ok := e.Responses["204"]; ok {
		return true
	}
	_, ok := e.Responses["200"].Content["application/json"]
	return ok
}

// documented reports whether the endpoint belongs to the versioned API; /healthz does not.
func (e endpoint) documented() bool { return e.OperationID != "health" }

func (e endpoint) usesHeaders() bool {
	return len(e.Responses["200"].Headers) > 0 || slices.ContainsFunc(e.Parameters, func(p parameter) bool { return p.In == "header" })
}

// place determines where each argument goes over HTTP: strings and booleans into the path and the query, in the order of the
// parameters; other types into the body.
func (op *operation) place(doc document, e endpoint) error {
	var parameters []parameter
	for _, in := range []string{"path", "query"} {
		for _, p := range e.Parameters {
			if p.In == in {
				parameters = append(parameters, p)
			}
		}
	}
	bodies := 0
	for i := range op.args {
		a := &op.args[i]
		if _, err := tsType(doc, a.goType); err != nil {
			return err
		}
		if a.goType != "string" && a.goType != "bool" {
			a.place, a.optional = bodyPlace, e.RequestBody != nil && !e.RequestBody.Required
			if len(a.name) < minName {
				a.name = strings.ToLower(a.goType[:1]) + a.goType[1:]
			}
			bodies++
			continue
		}
		if len(parameters) == 0 {
			if op.irregular {
				continue // it is sent as a header
			}
			return fmt.Errorf("the argument %s has no parameter in the path or the query", a.name)
		}
		a.name, a.place, a.doc = parameters[0].Name, parameters[0].Name, parameters[0].Description
		parameters = parameters[1:]
	}
	if len(parameters) > 0 {
		return fmt.Errorf("the parameter %s has no argument", parameters[0].Name)
	}
	if bodies > 1 || (bodies == 1) != (e.RequestBody != nil) {
		return fmt.Errorf("%d arguments would be the body, which must match the operation's", bodies)
	}
	return nil
}

// constants returns the string constants of a package, by name.
func constants(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.CONST {
				continue
			}
			for _, s := range decl.Specs {
				if err := readConstants(s.(*ast.ValueSpec), out); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

func readConstants(spec *ast.ValueSpec, out map[string]string) (err error) {
	for i, name := range spec.Names {
		if i >= len(spec.Values) {
			break
		}
		if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if out[name.Name], err = strconv.Unquote(lit.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
