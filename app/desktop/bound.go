//go:build desktop || dev || bindings

package desktop

// bound returns the structs that the page can call. A second window has Remote in place of Facade.
func (d *Desktop) bound() []any {
	switch {
	case Generating:
		return []any{d.facade, d.shell, d.remote}
	case d.o.Link != nil:
		return []any{d.shell, d.remote}
	}
	return []any{d.facade, d.shell}
}
