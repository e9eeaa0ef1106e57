// Package extract turns sources into streams. It contains the base of all source kinds (Extractor, Registry, and Site, through
// which a kind fetches within its source's limits), the matcher of new results with known streams, and the Service that
// refreshes all listings on schedule and has their streams checked.
//
// Not here: the kinds (the folders below), the source files (backend/source), the scheduler of runs (backend/runs), the
// check of a stream (backend/health), the conventions of channel lists (backend/chanlist), proposing a source for an
// address (backend/guess), and renewing the tokens of watched streams (backend/refresh).
package extract
