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

// browserVariable is the environment variable with the path of the browser for sources of the kind "browser". It is not a key
// of source files, because a client that may write one over HTTP could start any program with it.
const browserVariable = "GRIDWALL_BROWSER"

// kinds returns all source kinds by name. backend/source defines the keys of their files. feeds lists the feeds of the demo,
// and starts it if it is not running; dialer makes the connections of the browser's proxy. Both may be nil if files are only
// checked.
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
