// Package wall is the part of the contract that shows walls: the saved walls and the layouts, the screens and their commands, the
// offsets of feeds, the common clock, and the phones that may control the window. api.API embeds its Facade.
//
// Not here: the feeds that a wall plays (app/api), and the work itself (backend/walls, screens, offsets, pairing).
package wall
