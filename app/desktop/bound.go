//go:build desktop || dev || bindings

package desktop

// bound returns the structs that the page can call.
func (d *Desktop) bound() []any { return []any{d.facade, d.shell} }
