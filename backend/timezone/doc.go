// Package timezone finds time zones by the names that calendars and people use: those of the IANA database, ignoring case, those
// of Windows (CLDR's windowsZones table), abbreviations, cities, and offsets from UTC.
//
// It embeds the IANA database, because not every machine has one.
package timezone
