// Package walls stores the walls of feeds that users saved under a name, and the document of the page's layouts. Each wall has
// a revision, so that no screen overwrites another screen's change that it has not seen.
//
// What does not live here: the meaning of a wall or a layout (JSON that only the page interprets), the database (backend/store), and
// the contract's types (app/api).
package walls
