package fetch

// maxFaults bounds the faults of a stream's playlists that are logged.
const maxFaults = 64

// LogFaults logs each fault of a playlist once. The playlist is played nevertheless.
func (f *Fetcher) LogFaults(rendition string, faults []string) {
	for _, fault := range faults {
		key := rendition + "\x00" + fault
		f.mu.Lock()
		logged := f.faults[key] || len(f.faults) >= maxFaults
		if !logged {
			if f.faults == nil {
				f.faults = map[string]bool{}
			}
			f.faults[key] = true
		}
		f.mu.Unlock()
		if !logged {
			f.Log.Warn("the playlist has a fault: "+fault, "stream", f.ID, "rendition", rendition)
		}
	}
}
