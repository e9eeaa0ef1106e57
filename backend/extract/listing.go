package extract

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// maxFound is the most streams of one listing; a longer one is a mistake in a query.
	maxFound = 50_000
	// maxRetired and retiredFor bound the streams that have left a source's listing: those that left first are forgotten
	// first. A weekend's feeds come back with their ids at the next race.
	maxRetired = 1_000
	retiredFor = 30 * 24 * time.Hour
)

// site is the listing of one source, and its status.
type site struct {
	// saving is held while the lists are read, and their replacements saved and published.
	saving sync.Mutex

	// The following fields are guarded by Service.mu. The lists are replaced, never changed in place.
	listed, retired []stream.Stream
	status          SourceStatus
}

// publish replaces the lists of the source and indexes them. The caller holds s.mu, or is New.
func (s *Service) publish(key string, st *site, listed, retired []stream.Stream) {
	for _, list := range [][]stream.Stream{st.listed, st.retired} {
		for i := range list {
			if s.byID[list[i].ID].key == key {
				delete(s.byID, list[i].ID)
			}
		}
	}
	st.listed, st.retired = listed, retired
	for i := range retired {
		s.byID[retired[i].ID] = place{key, true, i}
	}
	for i := range listed {
		s.byID[listed[i].ID] = place{key, false, i}
	}
}

// tidyFound drops streams that no player could open and duplicates, and puts each title on one line. dropped is the number
// of streams without an http or https address.
func tidyFound(found []Found) (out []Found, dropped int, err error) {
	if len(found) > maxFound {
		return nil, 0, fmt.Errorf("the source listed %d streams, more than %d: narrow the query or the match in its file", len(found), maxFound)
	}
	out = make([]Found, 0, len(found))
	// The first position of each URL in out. Streams rarely share a URL: only the titles of those that do are recorded.
	first := make(map[string]int32, len(found))
	type same struct{ url, title, quality string }
	seen := map[same]bool{}
	keyOf := func(f Found) same { return same{f.URL, fold(f.Title), fold(f.Quality)} }
	for _, f := range found {
		f.Title, f.Quality, f.Group = CleanTitle(f.Title), CleanTitle(f.Quality), CleanTitle(f.Group)
		u, err := weburl.Parse(f.URL)
		if err != nil {
			dropped++
			continue
		}
		f.URL = weburl.Written(strings.TrimSpace(f.URL), u)
		// Only identical URLs count: equal titles and paths with other tokens may be other streams.
		if i, ok := first[f.URL]; !ok {
			first[f.URL] = int32(len(out))
		} else {
			seen[keyOf(out[i])] = true
			key := keyOf(f)
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		out = append(out, f)
	}
	if len(out) == 0 && dropped > 0 {
		return nil, dropped, fmt.Errorf("none of the %d streams that the source listed has an http or https address", dropped)
	}
	return out, dropped, nil
}

// reconcile turns found into streams: those that continue a known stream get its id and its health, the others a new id.
// known and old are the listed and the retired streams before. retired are the streams that are no longer listed.
func (s *Service) reconcile(src source.Source, found []Found, known, old []stream.Stream, at time.Time) (listed, retired []stream.Stream) {
	listed = make([]stream.Stream, len(found))
	listedNow, revived := make([]bool, len(known)), make([]bool, len(old))
	var rest []int
	var headers sharedHeaders
	for i, k := range Match(known, found, s.o.Tokens) {
		listed[i] = newStream(src, found[i], at)
		listed[i].Headers = headers.of(src, found[i].Headers)
		if k < 0 {
			rest = append(rest, i)
			continue
		}
		listedNow[k] = true
		listed[i].ID, listed[i].Health = known[k].ID, known[k].Health
	}
	left := make([]Found, len(rest))
	for n, i := range rest {
		left[n] = found[i]
	}
	for n, k := range matchRetired(old, left, s.o.Tokens) {
		if k >= 0 {
			revived[k] = true
			listed[rest[n]].ID, listed[rest[n]].Health = old[k].ID, old[k].Health
		}
	}
	minted := map[string]bool{}
	used := func(id string) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		_, known := s.byID[id]
		return known || minted[id]
	}
	for n, i := range rest {
		if listed[i].ID == "" {
			listed[i].ID = mint(src.Key, left[n], s.o.Tokens, used)
			minted[listed[i].ID] = true
		}
	}
	for k := range known {
		if !listedNow[k] {
			retired = append(retired, known[k])
		}
	}
	for k := range old {
		if !revived[k] {
			retired = append(retired, old[k])
		}
	}
	// ExtractedAt is when a stream was last in the listing.
	retired = slices.DeleteFunc(retired, func(st stream.Stream) bool { return at.Sub(st.ExtractedAt) > retiredFor })
	slices.SortStableFunc(retired, func(a, b stream.Stream) int { return b.ExtractedAt.Compare(a.ExtractedAt) })
	return listed, retired[:min(len(retired), maxRetired)]
}

func newStream(src source.Source, f Found, at time.Time) stream.Stream {
	return stream.Stream{
		SiteKey: src.Key, SiteName: src.Name, Title: f.Title, Quality: f.Quality, URL: f.URL, ExtractedAt: at,
		Group: f.Group, Logo: f.Logo,
	}
}

// sharedHeaders lets consecutive streams with equal headers share one map: nearly all streams of a list of 50,000 can.
type sharedHeaders struct {
	begun    bool
	own, out map[string]string
}

func (h *sharedHeaders) of(src source.Source, own map[string]string) map[string]string {
	if !h.begun || !maps.Equal(h.own, own) {
		h.begun, h.own, h.out = true, own, StreamHeaders(src, own)
	}
	return h.out
}

// StreamHeaders returns the headers that are sent to the CDN: the file's stream headers, overridden by the stream's own.
// The default User-Agent is the one that was sent to the site, because tokens can depend on it.
func StreamHeaders(src source.Source, own map[string]string) map[string]string {
	out := map[string]string{}
	for _, layer := range []map[string]string{userAgent(src.Headers), src.StreamHeaders, own} {
		for name, value := range layer {
			// "referer" in the listing replaces "Referer" in the file: a header has one value.
			maps.DeleteFunc(out, func(have, _ string) bool { return strings.EqualFold(have, name) })
			out[name] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func userAgent(headers map[string]string) map[string]string {
	out := maps.Clone(headers)
	maps.DeleteFunc(out, func(name, _ string) bool { return !strings.EqualFold(name, "User-Agent") })
	return out
}

// newest returns when the listing was extracted; zero for an empty one.
func newest(listed []stream.Stream) (at time.Time) {
	for i := range listed {
		if t := listed[i].ExtractedAt; t.After(at) {
			at = t
		}
	}
	return at
}

// order sorts live streams first, the fastest at the front; then those that were never checked; then those that are
// down. Otherwise, streams are sorted by source, and keep the order in which the source lists them.
func order(streams []stream.Stream) {
	rank := func(h *stream.Health) int {
		switch {
		case h == nil:
			return 1
		case h.Live:
			return 0
		}
		return 2
	}
	slices.SortStableFunc(streams, func(a, b stream.Stream) int {
		if c := cmp.Compare(rank(a.Health), rank(b.Health)); c != 0 {
			return c
		}
		if rank(a.Health) == 0 {
			if c := cmp.Compare(a.Health.ResponseTime, b.Health.ResponseTime); c != 0 {
				return c
			}
		}
		return strings.Compare(a.SiteKey, b.SiteKey)
	})
}
