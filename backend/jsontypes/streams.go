package jsontypes

import (
	"time"

	"gridwall/backend/stream"
)

// Stream is one playable feed that an extraction found.
type Stream struct {
	ID             string     `json:"id" doc:"The stream's name in /hls/{id}/index.m3u8; it stays the same when URLs change."`
	URL            string     `json:"url" doc:"The newest upstream URL, including the token."`
	SiteKey        string     `json:"site_key"`
	SiteName       string     `json:"site_name"`
	Quality        string     `json:"quality"`
	Title          string     `json:"title"`
	Group          string     `json:"group,omitempty" doc:"Its group in a channel list."`
	Logo           string     `json:"logo,omitempty" doc:"The address of its logo in a channel list."`
	ExtractedAt    time.Time  `json:"extracted_at"`
	IsLive         *bool      `json:"is_live" nullable:"true" doc:"Null while the stream has not been checked."`
	ResponseTimeMS *int64     `json:"response_time_ms" nullable:"true"`
	CheckedAt      *time.Time `json:"checked_at" nullable:"true"`
	Bitrate        *int64     `json:"bitrate" nullable:"true" doc:"Bit/s of the best variant; null if unknown."`
}

// FromStream converts a stream.
func FromStream(s stream.Stream) Stream {
	out := Stream{
		ID: s.ID, URL: s.URL, SiteKey: s.SiteKey, SiteName: s.SiteName, Quality: s.Quality, Title: s.Title,
		Group: s.Group, Logo: s.Logo, ExtractedAt: s.ExtractedAt.UTC().Truncate(time.Millisecond),
	}
	if h := s.Health; h != nil {
		out.IsLive = &h.Live
		out.CheckedAt = Instant(h.CheckedAt)
		if h.ResponseTime > 0 || h.Live {
			// A response from this machine takes less than a millisecond; 0 would look as if there was none.
			ms := max(1, h.ResponseTime.Milliseconds())
			out.ResponseTimeMS = &ms
		}
		if h.Bitrate > 0 {
			out.Bitrate = &h.Bitrate
		}
	}
	return out
}

// FromStreams converts a list of streams.
func FromStreams(list []stream.Stream) []Stream {
	out := make([]Stream, 0, len(list))
	for _, s := range list {
		out = append(out, FromStream(s))
	}
	return out
}
