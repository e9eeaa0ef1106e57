// Package offsets stores how far the clocks of feeds are ahead of or behind those of other feeds, as users set it by hand. An
// offset belongs to one feed of a source, by its title, so that it survives new ids and URLs; or to all feeds of a source whose
// titles begin with the same words, such as its onboards.
//
// What does not live here: which offset a feed has (the page applies the more specific one), the database (backend/store), and the
// routes (app/server).
package offsets
