// Package extract turns sources into streams. It holds what every source kind is built on (Extractor, Registry, and
// Site, by which a kind fetches inside its source's bounds), the matcher that reconciles fresh results with known
// streams, the health check, the service that runs all sources side by side on their schedule, and Guesser, which
// proposes a source for an address.
//
// The kinds themselves live in the folders below, and what a source file may say in package source. How a token is
// renewed for somebody who watches is the business of package refresh.
package extract
