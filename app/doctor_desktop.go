//go:build desktop || dev || bindings

package app

import (
	"context"

	"gridwall/app/desktop"
)

// checkWindow tells whether a window can be shown here, and play.
func checkWindow(ctx context.Context) []finding {
	var out []finding
	for _, c := range desktop.Checks(ctx) {
		v := fine
		if c.Mend != "" {
			v = warning
		}
		out = append(out, finding{v, c.What, c.Detail, c.Mend})
	}
	return out
}
