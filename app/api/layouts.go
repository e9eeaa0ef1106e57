package api

import (
	"context"
	"encoding/json"
	"strings"
)

// Layouts answers the saved layouts; an empty object where none were saved.
func (a *API) Layouts(context.Context) (Layouts, error) {
	doc, err := a.o.Documents.Layouts()
	if err != nil {
		return nil, AsError(err)
	}
	if len(doc) == 0 {
		return Layouts(`{}`), nil
	}
	return doc, nil
}

// PutLayouts saves the layouts as they come: any JSON object or list of at most MaxBody bytes. Only the saved walls that a
// page of version 0.1 keeps within them are left out, once walls have a place of their own.
func (a *API) PutLayouts(_ context.Context, doc Layouts) (Layouts, error) {
	if len(doc) > MaxBody {
		return nil, Errorf(CodeTooLarge, "layouts may have %d bytes at most", MaxBody)
	}
	trimmed := strings.TrimSpace(string(doc))
	if !json.Valid(doc) {
		return nil, Errorf(CodeBadRequest, "layouts must be JSON")
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, Errorf(CodeInvalid, "layouts must be a JSON object or a list")
	}
	a.walls.Lock()
	defer a.walls.Unlock()
	moved, err := a.o.Documents.WallsMoved()
	if err != nil {
		return nil, AsError(err)
	}
	var fields map[string]json.RawMessage
	if moved && json.Unmarshal(doc, &fields) == nil && fields["named"] != nil {
		delete(fields, "named")
		if doc, err = json.Marshal(fields); err != nil {
			return nil, AsError(err)
		}
	}
	if err := a.o.Documents.SaveLayouts(doc); err != nil {
		return nil, AsError(err)
	}
	return doc, nil
}
