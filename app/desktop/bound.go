//go:build desktop || dev || bindings

package desktop

// bound returns the structs that the page can call. The page uses Remote if there is no Facade.
func (d *Desktop) bound() []any {
	switch {
	case Generating:
		return []any{d.facade, d.shell, d.remote}
	case d.o.Link != nil:
		return []any{d.shell, d.remote}
	}
	return []any{d.facade, d.shell}
}
