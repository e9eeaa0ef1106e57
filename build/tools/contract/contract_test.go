package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheGeneratedFilesAreCurrent(t *testing.T) {
	if err := run(filepath.Join("..", "..", ".."), true); err != nil {
		t.Error(err)
	}
}

func TestAnOperationThatCannotBeCalledIsReported(t *testing.T) {
	doc := document{Paths: map[string]map[string]endpoint{"/api/v1/x/{id}": {"get": {
		OperationID: "find", Parameters: []parameter{{Name: "id", In: "path"}},
		Responses: map[string]struct{ Headers, Content map[string]any }{"204": {}},
	}}}}
	for name, tc := range map[string]struct {
		methods map[string]method
		says    string
	}{
		"no method":               {nil, "no method of that name"},
		"no argument":             {map[string]method{"Find": {name: "Find"}}, "the parameter id has no argument"},
		"an argument too many":    {map[string]method{"Find": {name: "Find", args: []arg{{name: "id", goType: "string"}, {name: "all", goType: "bool"}}}}, "the argument all has no parameter"},
		"a body without a schema": {map[string]method{"Find": {name: "Find", args: []arg{{name: "id", goType: "string"}, {name: "change", goType: "Change"}}}}, "the type Change has no schema"},
	} {
		if _, err := join(doc, tc.methods); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMethodsThatTheFacadeEmbedsAreBound(t *testing.T) {
	methods, err := methodsOf(filepath.Join("..", "..", ".."), "app/api", "API")
	if err != nil {
		t.Fatal(err)
	}
	for name, result := range map[string]string{"PutWall": "Wall", "CommandScreen": "Screen", "PutOffsets": "OffsetList", "Streams": "StreamList"} {
		if methods[name].result != result {
			t.Errorf("%s returns %q, not %q", name, methods[name].result, result)
		}
	}
	root := t.TempDir()
	for name, tc := range map[string]struct{ text, says string }{
		"a type of a library":  {"import \"sync\"\n\ntype API struct{ sync.Mutex }", "sync.Mutex is embedded"},
		"a type of its own":    {"type API struct{ part }\n\ntype part struct{}", "part is embedded"},
		"a package without it": {"import \"gridwall/api\"\n\ntype API struct{ *api.Facade }", "api has no struct Facade"},
		"no facade":            {"type Other struct{}", "api has no struct API"},
	} {
		if err := os.MkdirAll(filepath.Join(root, "api"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "api", "api.go"), []byte("package api\n\n"+tc.text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := methodsOf(root, "api", "API"); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
