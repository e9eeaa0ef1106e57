package app

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/internal/testserver"
)

// notRoutes are methods of the facade that the program itself calls, not clients.
var notRoutes = []string{"Publish", "Notify", "Offer", "Close"}

type operation struct {
	OperationID string `json:"operationId"`
	Summary     string
	Parameters  []struct{ Name, In string }
	Responses   map[string]any
	RequestBody map[string]any
}

func describe(t *testing.T, s *running) (doc map[string]any, paths map[string]map[string]operation) {
	t.Helper()
	answer := s.get("/api/openapi.json")
	doc = answer.json(t)
	var typed struct {
		Paths map[string]map[string]operation
	}
	require.NoError(t, json.Unmarshal(answer.Body, &typed))
	return doc, typed.Paths
}

func TestEachMethodOfTheFacadeHasARoute(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	_, paths := describe(t, s)
	var described []string
	for _, methods := range paths {
		for _, op := range methods {
			described = append(described, op.OperationID)
		}
	}
	facade := reflect.TypeFor[*api.API]()
	for i := range facade.NumMethod() {
		name := facade.Method(i).Name
		if slices.Contains(notRoutes, name) {
			continue
		}
		assert.Contains(t, described, strings.ToLower(name[:1])+name[1:], "no route for the facade's %s", name)
	}
	sorted := slices.Sorted(slices.Values(described))
	assert.Equal(t, sorted, slices.Compact(slices.Clone(sorted)), "each operation has a name of its own")
}

func TestTheOpenAPIDocumentDescribesTheContract(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	doc, paths := describe(t, s)
	assert.Equal(t, "3.1.0", doc["openapi"])
	for _, route := range []string{
		"GET /healthz", "GET /api/v1/schedule", "POST /api/v1/schedule/refresh", "GET /api/v1/sources",
		"POST /api/v1/sources/{key}/test", "GET /api/v1/streams", "POST /api/v1/extract", "GET /api/v1/active",
		"POST /api/v1/active", "DELETE /api/v1/active/{id}", "POST /api/v1/active/refresh", "GET /api/v1/active/resolve",
		"GET /api/v1/events", "PUT /api/v1/sources/{key}", "DELETE /api/v1/sources/{key}", "POST /api/v1/sources/guess",
		"GET /api/v1/sources/{key}", "PUT /api/v1/sources/{key}/enabled", "GET /api/v1/schedule/feeds", "GET /api/v1/about",
		"GET /api/v1/calendars", "PUT /api/v1/calendars", "POST /api/v1/calendars/try", "GET /api/v1/schedule.ics",
		"GET /api/v1/streams/{id}/variants", "GET /api/v1/settings", "PUT /api/v1/settings", "GET /api/v1/layouts", "PUT /api/v1/layouts",
		"GET /api/v1/walls", "GET /api/v1/walls/{name}", "PUT /api/v1/walls/{name}", "DELETE /api/v1/walls/{name}",
	} {
		method, path, _ := strings.Cut(route, " ")
		assert.Contains(t, paths[path], strings.ToLower(method), route)
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	for path, methods := range paths {
		for method, op := range methods {
			name := method + " " + path
			assert.NotEmpty(t, op.Summary, name)
			assert.Contains(t, op.Responses, "default", name)
			for _, m := range placeholder.FindAllStringSubmatch(path, -1) {
				assert.True(t, slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool {
					return p.Name == m[1] && p.In == "path"
				}), "%s does not describe {%s}", name, m[1])
			}
		}
	}
	text := string(s.get("/api/openapi.json").Body)
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/(\w+)"`).FindAllStringSubmatch(text, -1) {
		schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
		assert.Contains(t, schemas, ref[1], "a reference that leads nowhere")
	}
	assert.NotContains(t, text, "ErrorModel", "errors are the contract's, not huma's")
	assert.NotContains(t, text, "problem+json")
	assert.NotContains(t, text, "$schema")
}

func TestResponsesConformToTheOpenAPIDocument(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	id := s.streams(2)[0]["id"].(string)
	s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`"}`).json(t)
	doc, _ := describe(t, s)
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for path, name := range map[string]string{
		"/api/v1/streams?all=1": "StreamList", "/api/v1/active": "ActiveList", "/api/v1/sources": "SourceList",
		"/api/v1/schedule": "Schedule", "/api/v1/settings": "Settings", "/api/v1/schedule/feeds": "SessionFeeds",
		"/api/v1/calendars": "CalendarList", "/api/v1/streams/changes": "StreamChanges",
		"/api/v1/about": "About", "/api/v1/sources/site": "SourceText", "/api/v1/streams/" + id + "/variants": "VariantList",
	} {
		conforms(t, schemas, schemas[name], s.get(path).json(t), name)
	}
	var failed any
	require.NoError(t, json.Unmarshal(s.get("/api/v1/nope").Body, &failed))
	conforms(t, schemas, schemas["ErrorBody"], failed, "ErrorBody")
}

// conforms checks v against schema, by the parts of JSON Schema that the document uses. at is the place of v, for errors.
func conforms(t *testing.T, schemas map[string]any, schema, v any, at string) {
	t.Helper()
	sch, ok := schema.(map[string]any)
	require.True(t, ok, "%s has no schema", at)
	if ref, ok := sch["$ref"].(string); ok {
		conforms(t, schemas, schemas[ref[strings.LastIndexByte(ref, '/')+1:]], v, at)
		return
	}
	kind := map[bool]string{true: "null"}[v == nil]
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		properties, _ := sch["properties"].(map[string]any)
		required, _ := sch["required"].([]any)
		for _, r := range required {
			assert.Contains(t, v, r, at)
		}
		for k, item := range v {
			sub, ok := properties[k]
			if !ok {
				sub, ok = sch["additionalProperties"].(map[string]any)
			}
			if assert.True(t, ok, "%s.%s is not described", at, k) {
				conforms(t, schemas, sub, item, at+"."+k)
			}
		}
	case []any:
		kind = "array"
		for _, item := range v {
			conforms(t, schemas, sch["items"], item, at+"[]")
		}
	case string:
		kind = "string"
		if words, ok := sch["enum"].([]any); ok {
			assert.Contains(t, words, v, at)
		}
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
	}
	var kinds []any
	switch k := sch["type"].(type) {
	case []any:
		kinds = k
	case string:
		kinds = []any{k}
	}
	if kind == "number" && slices.Contains(kinds, any("integer")) {
		kind = "integer"
	}
	assert.Contains(t, kinds, kind, at)
}
