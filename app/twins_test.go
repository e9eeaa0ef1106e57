package app

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
)

// The facade has four faces: REST (openapi_test.go), the window's bindings, and the client of the frontend with its
// types. These tests read the sources of the last three, for one is behind a build tag and two are not Go.

// notBound are methods of the facade that a page does not call: one that it is called by, and one of which it hands out
// the address alone.
var notBound = []string{"Subscribe", "ScheduleICS"}

// facadeMethods are the methods of the facade that clients call, by name.
func facadeMethods() map[string]reflect.Method {
	out := map[string]reflect.Method{}
	t := reflect.TypeFor[*api.API]()
	for i := range t.NumMethod() {
		if m := t.Method(i); !slices.Contains(notRoutes, m.Name) {
			out[m.Name] = m
		}
	}
	return out
}

// arguments are the method's, without its receiver and its context, and a source's text by its parts, as clients hand it
// over: the text, and the list that goes with it. result is the twin of what it answers.
func signature(m reflect.Method) (arguments int, result string) {
	for in := range m.Type.Ins() {
		arguments++
		if in == reflect.TypeFor[api.SourceText]() {
			arguments++
		}
	}
	arguments -= 2
	result = "void"
	if m.Type.NumOut() == 2 {
		result = twinOf(m.Type.Out(0))
	}
	return arguments, result
}

func lowerCamel(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// frontendText is a file of the frontend without its comments.
func frontendText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "frontend", "src", "lib", "api", name))
	require.NoError(t, err)
	return regexp.MustCompile(`(?s:/\*.*?\*/)|(?m:^\s*//.*$)|(?m:\s//\s.*$)`).ReplaceAllString(string(text), "")
}

// client is what the interface of the frontend's client says of each method.
func client(t *testing.T) (arguments map[string]int, results map[string]string) {
	body := regexp.MustCompile(`(?s)export interface Client \{(.*?)\n\}`).FindStringSubmatch(frontendText(t, "client.ts"))
	require.NotNil(t, body, "client.ts declares no interface Client")
	arguments, results = map[string]int{}, map[string]string{}
	for _, m := range regexp.MustCompile(`(\w+)\(([^)]*)\): Promise<(\w+)>`).FindAllStringSubmatch(body[1], -1) {
		arguments[m[1]], results[m[1]] = strings.Count(m[2], ":"), m[3]
	}
	assert.Regexp(t, `\bsubscribe\(`, body[1])
	return arguments, results
}

func TestTheFrontendsClientIsTheFacade(t *testing.T) {
	arguments, results := client(t)
	methods := facadeMethods()
	for name, m := range methods {
		if slices.Contains(notBound, name) {
			continue
		}
		n, result := signature(m)
		twin := lowerCamel(name)
		if assert.Contains(t, arguments, twin, "client.ts lacks the facade's %s", name) {
			assert.Equal(t, n, arguments[twin], "arguments of %s", twin)
			assert.Equal(t, result, results[twin], "result of %s", twin)
		}
		delete(arguments, twin)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(arguments)), "client.ts has what the facade has not")
}

// bindings are the methods of app/desktop's Facade: the number of their arguments, and what they return beside an error.
func bindings(t *testing.T) (arguments map[string]int, results map[string]string) {
	files, err := filepath.Glob(filepath.Join("desktop", "*.go"))
	require.NoError(t, err)
	arguments, results = map[string]int{}, map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
			if !ok || fmt.Sprint(star.X) != "Facade" {
				continue
			}
			arguments[f.Name.Name] = f.Type.Params.NumFields()
			results[f.Name.Name] = "void"
			if sel, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr); ok {
				results[f.Name.Name] = sel.Sel.Name
			}
		}
	}
	return arguments, results
}

func TestTheWindowsBindingsAreTheFacade(t *testing.T) {
	arguments, results := bindings(t)
	called := map[string]bool{}
	for _, m := range regexp.MustCompile(`call\('(\w+)'`).FindAllStringSubmatch(frontendText(t, "wails.ts"), -1) {
		called[m[1]] = true
	}
	for name, m := range facadeMethods() {
		if slices.Contains(notBound, name) {
			continue
		}
		n, result := signature(m)
		if assert.Contains(t, arguments, name, "app/desktop's Facade lacks %s", name) {
			assert.Equal(t, n, arguments[name], "arguments of %s", name)
			assert.Equal(t, result, results[name], "result of %s", name)
		}
		assert.Contains(t, called, name, "wails.ts never calls %s", name)
		delete(arguments, name)
		delete(called, name)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(arguments)), "app/desktop's Facade has what the facade has not")
	assert.Empty(t, slices.Sorted(maps.Keys(called)), "wails.ts calls what is not bound")
}

func TestTheFrontendAsksForRoutesThatThereAre(t *testing.T) {
	s := start(t, newHome(t, quiet, nil), false)
	_, paths := describe(t, s)
	routes := map[string]string{} // operation → METHOD path
	placeholder := regexp.MustCompile(`\{\w+\}`)
	for path, methods := range paths {
		for method, op := range methods {
			routes[op.OperationID] = strings.ToUpper(method) + " " + placeholder.ReplaceAllString(path, "{}")
		}
	}
	text := frontendText(t, "http.ts")
	arguments, _ := client(t)
	for name := range arguments {
		m := regexp.MustCompile(`(?s)\n\s+` + name + `: \([^)]*\) =>\s*(get|post|put|request\(base, 'DELETE', )\(?['` + "`" + `]([^'` + "`" + `]*)`).FindStringSubmatch(text)
		if !assert.NotNil(t, m, "http.ts has no %s that this test can read", name) {
			continue
		}
		verb := strings.ToUpper(m[1])
		if strings.Contains(verb, "DELETE") {
			verb = "DELETE"
		}
		path := regexp.MustCompile(`\$\{segment\(\w+\)\}`).ReplaceAllString(m[2], "{}")
		path, _, _ = strings.Cut(path, "${")
		assert.Equal(t, routes[name], verb+" "+path, name)
	}
}

// field is a field of an interface of TypeScript.
type field struct {
	kind     string
	optional bool
}

// typesText is the text of all files of the folder types, without their comments.
func typesText(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("..", "frontend", "src", "lib", "api", "types"))
	require.NoError(t, err)
	var text strings.Builder
	for _, e := range entries {
		text.WriteString(frontendText(t, filepath.Join("types", e.Name())))
	}
	return text.String()
}

// twins are the interfaces of the folder types, and its unions of words.
func twins(t *testing.T) (interfaces map[string]map[string]field, unions map[string][]string) {
	text := typesText(t)
	interfaces, unions = map[string]map[string]field{}, map[string][]string{}
	for _, m := range regexp.MustCompile(`(?s)export interface (\w+) \{(.*?)\n\}`).FindAllStringSubmatch(text, -1) {
		fields := map[string]field{}
		for _, f := range regexp.MustCompile(`(\w+)(\??): ([^\n;]+)`).FindAllStringSubmatch(m[2], -1) {
			fields[f[1]] = field{kind: f[3], optional: f[2] == "?"}
		}
		assert.Nil(t, interfaces[m[1]], "the interface %s stands in two files", m[1])
		interfaces[m[1]] = fields
	}
	for _, m := range regexp.MustCompile(`export type (\w+) =\s+('[^\n]+)`).FindAllStringSubmatch(text, -1) {
		unions[m[1]] = words(m[2])
	}
	return interfaces, unions
}

// words are the words of a union such as 'a' | 'b', sorted.
func words(union string) (out []string) {
	for _, w := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(union, -1) {
		out = append(out, w[1])
	}
	slices.Sort(out)
	return out
}

// renamed are types whose twin has another name: Event is the browser's.
var renamed = map[string]string{"Event": "ApiEvent"}

// twinOf is the TypeScript for a type of the contract.
func twinOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[api.Layouts]():
		return "Layouts"
	case t == reflect.TypeFor[time.Time]():
		return "string"
	case t.Kind() == reflect.Pointer:
		return twinOf(t.Elem()) + " | null"
	case t.Kind() == reflect.Slice:
		return twinOf(t.Elem()) + "[]"
	case t.Kind() == reflect.Map:
		return "Record<string, " + twinOf(t.Elem()) + ">"
	case t.Kind() == reflect.Struct:
		if name, ok := renamed[t.Name()]; ok {
			return name
		}
		return t.Name()
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return "number"
	}
	return "?" + t.String()
}

// contractTypes are the structs that the facade's methods take and answer, and events.
func contractTypes() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		switch {
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
			add(t.Elem())
		case t.Kind() == reflect.Struct && strings.HasSuffix(t.PkgPath(), "app/api") && out[twinOf(t)] == nil:
			out[twinOf(t)] = t
			for i := range t.NumField() {
				add(t.Field(i).Type)
			}
		}
	}
	for name, m := range facadeMethods() {
		if slices.Contains(notBound, name) {
			continue
		}
		for i := 1; i < m.Type.NumIn(); i++ {
			add(m.Type.In(i))
		}
		for i := range m.Type.NumOut() {
			add(m.Type.Out(i))
		}
	}
	add(reflect.TypeFor[api.Event]())
	return out
}

func TestTheTypesOfTheFrontendAreTheContracts(t *testing.T) {
	interfaces, unions := twins(t)
	for name, goType := range contractTypes() {
		fields, ok := interfaces[name]
		if !assert.True(t, ok, "types lacks the interface %s", name) {
			continue
		}
		for i := range goType.NumField() {
			f := goType.Field(i)
			key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if key == "-" || !f.IsExported() {
				continue
			}
			at := name + "." + key
			twin, ok := fields[key]
			delete(fields, key)
			if !assert.True(t, ok, "types lacks %s", at) {
				continue
			}
			assert.Equal(t, strings.Contains(options, "omitempty"), twin.optional, "whether %s may be absent", at)
			enum := f.Tag.Get("enum")
			if enum == "" {
				want := twinOf(f.Type)
				if twin.optional {
					want = strings.TrimSuffix(want, " | null") // absent is how its null is sent
				}
				assert.Equal(t, want, strings.TrimSuffix(twin.kind, map[bool]string{true: " | null"}[twin.optional]), at)
				continue
			}
			want := strings.Split(enum, ",")
			slices.Sort(want)
			got := words(twin.kind)
			if got == nil {
				got = unions[twin.kind]
			}
			assert.Equal(t, want, got, "the words of %s", at)
		}
		assert.Empty(t, slices.Sorted(maps.Keys(fields)), "types has fields of %s that the contract has not", name)
		delete(interfaces, name)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(interfaces)), "types has interfaces that the contract has not")
}
