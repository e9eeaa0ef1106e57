package playback

import (
	"context"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/renditions"
)

// LoadRoot returns what stands at the stream's URL, not older than it is shown to a viewer.
func (f *Stream) LoadRoot(ctx context.Context) (m *master, err error) {
	newer := time.Now().Add(-masterAge)
	err = f.Recover(ctx, fetch.Subject{}, func(ctx context.Context, a fetch.Attempt) (err error) {
		if newer.Before(a.NotBefore) {
			newer = a.NotBefore
		}
		m, err = f.Load(ctx, a.Upstream, newer)
		return err
	})
	if err != nil {
		if last := f.lastMaster(err); last != nil {
			return last, nil
		}
	}
	return m, err
}

// Offered reports which renditions are listed for a viewer who asks for a quality: the name of a variant, or what
// renditions.ParseQuality reads. nil: all.
func (m *master) Offered(quality string) []bool {
	if quality == "" {
		return nil
	}
	if keep := renditions.Keep(m.Multi, func(i int) bool { return m.Names[i] == quality }); keep != nil {
		return keep
	}
	return renditions.Select(m.Multi, renditions.ParseQuality(quality))
}
