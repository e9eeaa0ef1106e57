package proxy

import (
	"context"
	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"time"
)

// newestAge is the age up to which Newest uses the last playlist instead of requesting it again.
const newestAge = 10 * time.Second

// Newest is the newest position of a stream. If it changes, the stream advances.
type Newest struct {
	// MSN is the newest media segment's number, Parts the number of partial segments after it.
	MSN   int64
	Parts int
	// End is true if no segment will be added.
	End bool
}

// Newest reads the playlist of one rendition of a stream, as a player would. It neither keeps the stream active nor renews its
// token: if the token is refused, it returns the refusal.
func (p *Proxy) Newest(ctx context.Context, id string) (Newest, error) {
	f, err := p.engine.Stream(id)
	if err != nil {
		return Newest{}, err
	}
	up, err := p.streams.Current(id)
	if err != nil {
		return Newest{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetch.PlaylistTimeout)
	defer cancel()
	m, err := f.Load(ctx, up, time.Time{})
	if err != nil {
		return Newest{}, err
	}
	name := playback.MainRendition
	if m.Multi != nil && len(m.Names) > 0 {
		name = m.Names[0]
	}
	r := f.KnownRendition(name)
	if r == nil {
		return Newest{}, fetch.Failf(404, "unknown_rendition", "the stream has no rendition %q", name)
	}
	s, err := f.LoadPlaylist(ctx, r, up, playback.Want{Playlist: time.Now().Add(-newestAge), Timeout: fetch.PlaylistTimeout})
	if err != nil {
		return Newest{}, err
	}
	return Newest{MSN: s.Last(), Parts: len(s.Media.Open), End: s.Over()}, nil
}
