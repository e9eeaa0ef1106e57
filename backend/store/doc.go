// Package store keeps state in one bbolt file that survives a kill -9: the streams of each source, every URL that a stream
// ever had, active streams, observed token lifetimes, the proxy's records of streams, the calendar, settings, layouts,
// saved walls and the offsets of feeds. It defines how records are stored, not what they mean: all but streams are bytes that other packages marshal.
//
// # Schema, version 4
//
//	gridwall                              the root bucket, the only one of the file
//	├─ version                            → "4", decimal; raised by migrations, never lowered
//	├─ listings
//	│  └─ <site key>                      one bucket for each source
//	│     ├─ listed                       the source's newest listing, in its order
//	│     │  └─ <place: uint32 BE>        → stream.Stream as JSON
//	│     └─ retired                      streams that left the listing, in the order given
//	│        └─ <place: uint32 BE>        → stream.Stream as JSON
//	├─ urls                               any URL a stream ever had → its id
//	│  └─ <sha256(URL), first 16 bytes>   → day last seen (uint32 BE, days since 1970 UTC), stream id (text)
//	├─ active    │
//	├─ lives     │
//	├─ feeds     │  one bucket each
//	├─ calendar  │  └─ <key: text>        → bytes in the format of the package that owns the bucket
//	├─ settings  │
//	├─ layouts   │
//	├─ walls     │  (since version 3)
//	├─ notices   │  (since version 2)
//	└─ offsets   │  (since version 4)
//
// URLs are stored as hashes, because a URL contains a token, can be long, and is only ever looked up whole.
//
// # What is written when
//
// A listing is one transaction, so a reader never sees half of one. Unchanged records are not written again, and a
// transaction without changes is not committed: an unchanged listing costs no fsync, except the first of each UTC day, which
// updates the days of its URLs. URLs that were in no listing for 90 days, and the longest unseen ones beyond two million, are
// dropped when the file is opened, and by SaveListing once there are a tenth more than that.
//
// # A damaged file
//
// bbolt maps the file into memory and trusts it; a damaged page would end the process with a fault that nothing can catch. So
// Open first checks the file with plain reads (check.go), and each transaction turns a fault, such as one from a file that
// another program truncates, into ErrDamaged. After such a fault every call returns it.
package store
