// Package store keeps on disk, in one bbolt file, what Gridwall must still know after a kill -9: the streams of each
// source, every URL that a stream ever had, active streams, learned token lives, the proxy's feeds, the calendar,
// settings, layouts and saved walls. It knows how records are laid out and kept whole, and nothing of what they mean: records other
// than streams are bytes that their owners marshal.
//
// # Schema, version 3
//
//	gridwall                              the root bucket; the file holds no other
//	├─ version                            → "3", decimal; raised by migrations, never lowered
//	├─ listings
//	│  └─ <site key>                      one bucket a source
//	│     ├─ listed                       what the source listed last, in its order
//	│     │  └─ <place: uint32 BE>        → stream.Stream as JSON
//	│     └─ retired                      streams that left the listing, in the order given
//	│        └─ <place: uint32 BE>        → stream.Stream as JSON
//	├─ urls                               any URL a stream ever had → its id
//	│  └─ <sha256(URL), first 16 bytes>   → day last seen (uint32 BE, days since 1970 UTC), stream id (text)
//	├─ active    │
//	├─ lives     │
//	├─ feeds     │  one bucket each
//	├─ calendar  │  └─ <key: text>        → bytes of the package that owns the bucket
//	├─ settings  │
//	├─ layouts   │
//	├─ walls     │  (since version 3)
//	└─ notices   │  (since version 2)
//
// A hash stands for a URL because a URL carries a token, can be long, and is only ever looked up whole.
//
// # What is written when
//
// A listing is one transaction, so a reader never sees half of one. Records that already are what they should be are
// not written again, and a transaction that would change nothing is not committed: an unchanged listing costs no fsync,
// save the first of each UTC day, which moves the days of its URLs on.
// URLs that no listing held for 90 days, and the longest unseen ones beyond two million, are dropped when the file is
// opened, and by SaveListing when it goes a tenth beyond that bound.
//
// # A damaged file
//
// bbolt maps the file into memory and trusts it; a damaged page would end the process with a fault that nothing can
// catch. So Open first walks the file with plain reads (check.go), and each transaction turns a fault, such as one from
// a file that another program truncates, into ErrDamaged. After such a fault every call says so.
package store
