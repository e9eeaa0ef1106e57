// Package access decides what a caller over the network may have: which sources and calendars they may write, run or have
// fetched, so that no one reads files, names internal hosts or runs programs through Gridwall who could not do so without it.
//
// What does not live here: authentication (app/server), and the checks of every address that is dialled (backend/upstream).
package access
