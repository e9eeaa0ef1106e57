package app

import (
	"gridwall/backend/extract"
	commandkind "gridwall/backend/extract/command"
	"gridwall/backend/extract/demo"
	"gridwall/backend/extract/direct"
	"gridwall/backend/extract/jsonapi"
	"gridwall/backend/extract/m3u"
	"gridwall/backend/extract/page"
)

// kinds is the list of all source kinds. The keys of their files stand in backend/source. feeds is the demo's list of
// feeds, and starts the demo where it does not run.
func kinds(feeds func() ([]demo.Feed, error)) extract.Registry {
	return extract.Registry{
		"direct":  direct.Extractor{},
		"m3u":     m3u.Extractor{},
		"json":    jsonapi.Extractor{},
		"page":    page.Extractor{},
		"command": commandkind.Extractor{},
		"demo":    demo.New(feeds),
	}
}
