package app

import "gridwall/app/api"

// aboutPaths returns the paths for About. The server logs to stderr, which has no path.
func aboutPaths(o Options) api.Paths {
	p := api.Paths{Config: o.Paths.Config, Sources: o.Paths.Sources(), Data: o.Paths.Data, Database: o.Paths.Database()}
	if o.Window {
		p.Log = o.Paths.Log()
	}
	return p
}
