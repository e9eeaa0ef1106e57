package walls

import (
	"encoding/json"
	"strings"

	"gridwall/backend/stream"
)

// maxLayouts bounds the document of layouts in bytes.
const maxLayouts = 1 << 20

// Layouts returns the saved layouts, or an empty object.
func (w *Walls) Layouts() (json.RawMessage, error) {
	doc, err := w.docs.Layouts()
	if err == nil && len(doc) == 0 {
		doc = []byte(`{}`)
	}
	return readable(doc), err
}

// SaveLayouts saves the layouts, any JSON object or list of at most 1 MiB, and returns them as saved: unchanged, except that walls
// which a page of version 0.1 stores within them are dropped, once walls are stored by name. The error is stream.ErrInvalid,
// ErrMalformed or ErrTooLarge.
func (w *Walls) SaveLayouts(doc json.RawMessage) (json.RawMessage, error) {
	if len(doc) > maxLayouts {
		return nil, stream.Errorf(stream.ErrTooLarge, "layouts may have at most %d bytes", maxLayouts)
	}
	trimmed := strings.TrimSpace(string(doc))
	if !isJSON(doc) {
		return nil, stream.Errorf(stream.ErrMalformed, "layouts must be JSON in UTF-8")
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, stream.Errorf(stream.ErrInvalid, "layouts must be a JSON object or a list")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	moved, err := w.docs.WallsMoved()
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if moved && json.Unmarshal(doc, &fields) == nil && fields["named"] != nil {
		delete(fields, "named")
		if doc, err = json.Marshal(fields); err != nil {
			return nil, err
		}
	}
	return doc, w.docs.SaveLayouts(doc)
}
