package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/server/reply"
)

// The paths of what this package describes, and the server serves itself; and that of the OpenAPI document.
const (
	EventsPath   = "/api/v1/events"
	CalendarPath = "/api/v1/schedule.ics" // for calendar apps
	HealthPath   = "/healthz"
	openAPIPath  = "/api/openapi.json"
)

// Options are what the routes need. Without API, they can only be described.
type Options struct {
	API     *api.API
	Version string
	Log     *slog.Logger
}

// routes are the handlers of the REST routes, one for each method of api.API.
type routes struct {
	api  *api.API
	huma huma.API
	log  *slog.Logger
}

// Inputs and outputs in huma's form.
type (
	none            struct{}
	jsonBody[T any] struct{ Body T }
	byKey           struct {
		Key string `path:"key" maxLength:"100" doc:"The source's key."`
	}
)

// document is a JSON document that is stored byte for byte.
type document json.RawMessage

// Schema describes the document to huma: any JSON.
func (document) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "A JSON object or list."}
}

// MarshalJSON returns the document unchanged.
func (d document) MarshalJSON() ([]byte, error) { return json.RawMessage(d).MarshalJSON() }

// UnmarshalJSON stores the document unchanged.
func (d *document) UnmarshalJSON(b []byte) error { return (*json.RawMessage)(d).UnmarshalJSON(b) }

// Register registers all REST routes and the OpenAPI document on mux.
func Register(mux *http.ServeMux, o Options) { newRoutes(mux, o) }

func newRoutes(mux *http.ServeMux, o Options) *routes {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Gridwall", Version: o.Version,
				Description: "Streams with fresh tokens. Absent times are null; errors are {\"error\": {\"code\", \"message\"}}.",
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{ours},
	}
	registry := config.Components.Schemas
	registry.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[reply.ErrorBody]())
	rt := &routes{api: o.API, huma: humago.New(mux, config), log: o.Log}
	rt.schedule()
	rt.rules()
	rt.sources()
	rt.streams()
	rt.active()
	rt.documents()
	rt.walls()
	rt.screens()
	rt.program()
	rt.others()
	description, err := rt.describe()
	mux.HandleFunc("GET "+openAPIPath, func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			reply.Fail(w, err)
			return
		}
		reply.JSON(w, http.StatusOK, json.RawMessage(description))
	})
	return rt
}

func (rt *routes) describe() ([]byte, error) { return json.Marshal(rt.huma.OpenAPI()) }

// Describe returns the OpenAPI document of the API, like GET /api/openapi.json, without starting a server. The generators of the
// page's types and of the window's bindings use it.
func Describe(version string) ([]byte, error) {
	return newRoutes(http.NewServeMux(), Options{Version: version}).describe()
}

// ours converts huma's own errors to reply.ErrorBody.
func ours(ctx huma.Context, _ string, v any) (any, error) {
	ctx.SetHeader("Cache-Control", "no-store")
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	ctx.SetHeader("Content-Type", "application/json")
	code, message := fault.CodeInternal, "internal error; see Gridwall's log for details"
	switch {
	case m.Status == http.StatusBadRequest:
		code, message = fault.CodeBadRequest, m.Detail
	case m.Status < http.StatusInternalServerError:
		code, message = fault.CodeInvalid, m.Detail
	}
	if code != fault.CodeInternal {
		for i, d := range m.Errors {
			// Omit the value: it may contain a URL with its token.
			if i == 0 {
				message = ""
			} else {
				message += "; "
			}
			if d.Location != "" {
				message += d.Location + ": "
			}
			message += plainly(d.Message)
		}
	}
	return &reply.ErrorBody{Err: fault.Errorf(code, "%s", message)}, nil
}

// plainly replaces encoding/json's message about a number that does not fit its field, which names types of Go.
func plainly(message string) string {
	if rest, ok := strings.CutPrefix(message, "json: cannot unmarshal number "); ok {
		number, _, _ := strings.Cut(rest, " ")
		return fmt.Sprintf("the number %.40s is too large, or is not written in digits alone", number)
	}
	return message
}

func (rt *routes) get(name, path, summary string) huma.Operation {
	return rt.operation(name, http.MethodGet, path, summary)
}

func (rt *routes) put(name, path, summary string) huma.Operation {
	return rt.operation(name, http.MethodPut, path, summary)
}

func (rt *routes) post(name, path, summary string) huma.Operation {
	return rt.operation(name, http.MethodPost, path, summary)
}

func (rt *routes) delete(name, path, summary string) huma.Operation {
	return rt.operation(name, http.MethodDelete, path, summary)
}

// operation describes one route. name is the name of its api.API method in lower camel case.
func (rt *routes) operation(name, method, path, summary string) huma.Operation {
	schema := rt.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[reply.ErrorBody](), true, "Error")
	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{"default": {
			Description: "An error.",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
		}},
		// readBody has already read the whole body, and limited its size.
		MaxBodyBytes: -1, BodyReadTimeout: -1,
	}
}

// plain adds the route of a method without arguments.
func plain[O any](rt *routes, op huma.Operation, method func(*api.API, context.Context) (O, error)) {
	register(rt, op, func(ctx context.Context, _ *none) (O, error) { return method(rt.api, ctx) })
}

// withBody adds the route of a method whose argument is the request's body.
func withBody[I, O any](rt *routes, op huma.Operation, method func(*api.API, context.Context, I) (O, error)) {
	register(rt, op, func(ctx context.Context, in *jsonBody[I]) (O, error) { return method(rt.api, ctx, in.Body) })
}

// register adds a route with any other input. do calls the method with the fields of the input.
func register[I, O any](rt *routes, op huma.Operation, do func(context.Context, *I) (O, error)) {
	huma.Register(rt.huma, op, func(ctx context.Context, in *I) (*jsonBody[O], error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, rt.failed(op, err)
		}
		return &jsonBody[O]{Body: out}, nil
	})
}

// registerEmpty adds a route without a result, which responds with 204.
func registerEmpty[I any](rt *routes, op huma.Operation, do func(context.Context, *I) error) {
	huma.Register(rt.huma, op, func(ctx context.Context, in *I) (*none, error) {
		if err := do(ctx, in); err != nil {
			return nil, rt.failed(op, err)
		}
		return nil, nil
	})
}

func (rt *routes) failed(op huma.Operation, err error) error {
	e := fault.AsError(err)
	if e.Code == fault.CodeInternal || e.Code == fault.CodeStorage {
		rt.log.Error("a request failed", "operation", op.OperationID, "error", e.Cause())
	}
	return &reply.ErrorBody{Err: e}
}
