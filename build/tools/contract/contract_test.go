package main

import (
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
