package browser

import "time"

// SetQuiet shortens the wait for a page that asks for nothing more.
func (e *Extractor) SetQuiet(d time.Duration) { e.quiet = d }

// ProfilePrefix begins the name of each profile's folder.
const ProfilePrefix = profilePrefix
