package playback

import (
	"context"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/renditions"
)

// LoadRoot returns the playlist at the stream's URL, at most rootAge old, and recovers from refusals.
func (f *Stream) LoadRoot(ctx context.Context) (m *rootPlaylist, err error) {
	newer := time.Now().Add(-rootAge)
	err = f.Recover(ctx, fetch.Subject{}, func(ctx context.Context, a fetch.Attempt) (err error) {
		if newer.Before(a.NotBefore) {
			newer = a.NotBefore
		}
		m, err = f.Load(ctx, a.Upstream, newer)
		return err
	})
	if err != nil {
		if last := f.lastRoot(err); last != nil {
			return last, nil
		}
	}
	return m, err
}

// Offered reports which renditions are listed for a viewer who requests a quality: the name of a variant, or a form that
// renditions.ParseQuality reads. nil means all.
func (m *rootPlaylist) Offered(quality string) []bool {
	if quality == "" {
		return nil
	}
	if keep := renditions.Keep(m.Multi, func(i int) bool { return m.Names[i] == quality }); keep != nil {
		return keep
	}
	return renditions.Select(m.Multi, renditions.ParseQuality(quality))
}
