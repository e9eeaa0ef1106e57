package page

// The limits of a run: pages, and bytes of one.
const (
	MaxPages = maxPages
	MaxPage  = maxPage
)
