package app

import (
	"os"

	"gridwall/backend/extract"
	"gridwall/backend/extract/browser"
	commandkind "gridwall/backend/extract/command"
	"gridwall/backend/extract/demo"
	"gridwall/backend/extract/direct"
	"gridwall/backend/extract/jsonapi"
	"gridwall/backend/extract/m3u"
	"gridwall/backend/extract/page"
)

// browserVariable names the environment variable that says which browser kind "browser" starts. It is not a key of a
// source's file, because a client that may write one over HTTP could start any program with it.
const browserVariable = "GRIDWALL_BROWSER"

// kinds returns the list of all source kinds. The keys of their files stand in backend/source. feeds is the demo's list of
// feeds, and starts the demo where it does not run; dialer connects the browser's proxy. Both may be nil where files
// are only checked.
func kinds(feeds func() ([]demo.Feed, error), dialer browser.Dialer) extract.Registry {
	return extract.Registry{
		"direct":  direct.Extractor{},
		"m3u":     m3u.Extractor{},
		"json":    jsonapi.Extractor{},
		"page":    page.Extractor{},
		"command": commandkind.Extractor{},
		"browser": browser.New(dialer, os.Getenv(browserVariable)),
		"demo":    demo.New(feeds),
	}
}
