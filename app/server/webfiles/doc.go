// Package webfiles serves the embedded files of a page from memory: with types of its own, compressed, with conditional requests
// and ranges, and with the page's security headers.
//
// Not here: who may request them (app/server).
package webfiles
