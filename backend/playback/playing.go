package playback

import "time"

// playingFor is how long a stream counts as played after a request for media. Players make one request for each segment, and
// the longest segments last about ten seconds.
const playingFor = 30 * time.Second

// Playing reports whether a player is fetching media of the stream.
func (p *Engine) Playing(id string) bool {
	p.mu.Lock()
	f := p.loaded[id]
	p.mu.Unlock()
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.mediaAt.IsZero() && time.Since(f.mediaAt) < playingFor
}

// MarkPlaying records that a player requests media.
func (f *Stream) MarkPlaying() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mediaAt = time.Now()
}
