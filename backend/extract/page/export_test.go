package page

// The limits of a run: pages, and bytes of one.
const (
	MaxPages = maxPages
	MaxPage  = maxPage
)

// SetMaxTotal changes the bound of all pages' bytes until back is called.
func SetMaxTotal(n int) (back func()) {
	was := maxTotal
	maxTotal = n
	return func() { maxTotal = was }
}
