// Package settings merges config.toml with the changes that clients saved: the settings by key (Settings) and the list of
// calendars (Calendars). config.toml wins; a key that it sets cannot be changed elsewhere. Saved values that are no longer
// valid are dropped with a warning, so that they never stop the program from starting.
//
// What does not live here: parsing and validating config.toml (backend/config), the effect of a setting (the package that uses
// it), session rules and openings (backend/lineup), and the contract's types and error codes (app/api).
package settings
