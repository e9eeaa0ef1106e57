// Package access decides what a caller over the network may do: which sources and calendars they may write, run or have
// fetched, so that callers cannot use Gridwall to read files, reach internal hosts or run programs.
//
// What does not live here: authentication (app/server), and the checks of every address that is dialled (backend/upstream).
package access
