//go:build desktop || dev

package desktop

import "github.com/wailsapp/wails/v2/pkg/options"

// singleInstance is nil: Claim has seen to it, for the reasons that stand in instance_linux.go.
func (d *Desktop) singleInstance() *options.SingleInstanceLock { return nil }
