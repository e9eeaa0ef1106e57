// Package walls stores the walls of feeds that users saved under a name, and the document of the page's layouts. Each wall has
// a revision, so that no screen overwrites a change of another one that it has not seen.
//
// What does not live here: the meaning of a wall or a layout, which is the page's own JSON, the database (backend/store), and
// the contract's types (app/api).
package walls
