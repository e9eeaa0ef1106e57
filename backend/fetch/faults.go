package fetch

// maxFaults bounds the faults of a stream's playlists that are remembered as said.
const maxFaults = 64

// LogFaults says once what is wrong with a playlist that is played all the same.
func (f *Fetcher) LogFaults(rendition string, faults []string) {
	for _, fault := range faults {
		key := rendition + "\x00" + fault
		f.mu.Lock()
		said := f.faults[key] || len(f.faults) >= maxFaults
		if !said {
			if f.faults == nil {
				f.faults = map[string]bool{}
			}
			f.faults[key] = true
		}
		f.mu.Unlock()
		if !said {
			f.Log.Warn("the playlist has a fault: "+fault, "stream", f.ID, "rendition", rendition)
		}
	}
}
