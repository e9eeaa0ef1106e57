package playback

import "time"

// playingFor is for how long after a request for media its stream counts as played. Players ask once a segment, and the
// longest segments have about ten seconds.
const playingFor = 30 * time.Second

// Playing reports whether a player fetches media of the stream now.
func (p *Engine) Playing(id string) bool {
	p.mu.Lock()
	f := p.loaded[id]
	p.mu.Unlock()
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.fetched.IsZero() && time.Since(f.fetched) < playingFor
}

// Plays records that a player asks for media.
func (f *Stream) Plays() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fetched = time.Now()
}
