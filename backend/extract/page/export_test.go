package page

// The limits of a run: the number of pages, and the bytes of one page.
const (
	MaxPages = maxPages
	MaxPage  = maxPage
)

// SetMaxTotal sets the limit for the bytes of all pages until restore is called.
func SetMaxTotal(n int) (restore func()) {
	was := maxTotal
	maxTotal = n
	return func() { maxTotal = was }
}
