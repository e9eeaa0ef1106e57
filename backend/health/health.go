package health

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"gridwall/backend/chanlist"
	"gridwall/backend/cookies"
	"gridwall/backend/httpclient"
	"gridwall/backend/media"
	"gridwall/backend/response"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// checkTimeout bounds all requests of one check together; a slower stream is unusable for a viewer, too.
	checkTimeout = 10 * time.Second
	// checkPlaylist is how much of a playlist is read, in bytes.
	checkPlaylist = 2 << 20
	// checkSegment is how much of a segment is requested, in bytes: enough to distinguish media from an error page.
	checkSegment = 1 << 10
	// checkVariants is how many variants are tried, the best first, before the stream counts as not live.
	checkVariants = 2
	// checkCodecs bounds the number of CODECS lists in a result; maxCodecs bounds the length of each, in bytes.
	checkCodecs, maxCodecs = 8, 200
	// checksPerHost and checksAtOnce bound concurrent checks, so that a listing of hundreds floods neither its CDN nor the
	// user's connection.
	checksPerHost = 4
	checksAtOnce  = 16
)

// Checker checks whether streams would play now.
type Checker struct {
	transports httpclient.Transports
	limit      *limiter
	timeout    time.Duration
	playing    func(id string) bool
}

// New returns a checker that uses the transports of t. playing reports whether a stream is being played; nil means none is.
func New(t httpclient.Transports, playing func(id string) bool) *Checker {
	return &Checker{transports: t, limit: newLimiter(checksPerHost, checksAtOnce), timeout: checkTimeout, playing: playing}
}

// Check requests s as a player would: with its headers, and a new cookie jar with the source's cookies. A multivariant
// playlist is live if its best variant answers with a playlist; a media playlist is live if its newest segment answers with
// media. For a stream that is being played, only playlists are requested: many sites allow one media connection per token,
// so the check could interrupt the stream. Check waits for its turn first; ok is false if ctx ended before there was a
// result.
func (c *Checker) Check(ctx context.Context, s stream.Stream, src source.Source) (h stream.Health, ok bool) {
	home, err := weburl.Parse(s.URL)
	if err != nil {
		return stream.Health{CheckedAt: time.Now().UTC(), Reason: "its address cannot be requested: " + err.Error()}, true
	}
	done, err := c.limit.wait(ctx, home.Host)
	if err != nil {
		return stream.Health{}, false
	}
	defer done()
	// A playlist that makes the parser panic must not affect other streams.
	defer func() {
		if r := recover(); r != nil {
			h.Live, h.Reason, ok = false, "an invalid playlist", true
		}
	}()
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	p := &probe{ctx: limited, headers: s.Headers, home: home, playing: c.playing != nil && c.playing(s.ID)}
	reason := ""
	if err := p.open(c.transports, src); err != nil {
		reason = stream.Describe(err)
	} else {
		reason = p.stream(&h)
	}
	if ctx.Err() != nil {
		return stream.Health{}, false
	}
	if limited.Err() != nil && reason != "" {
		reason = fmt.Sprintf("no answer within %s", c.timeout)
	}
	h.CheckedAt = time.Now().UTC()
	h.Live, h.Reason = reason == "", reason
	return h, true
}

// probe is one check of one stream. Its methods return the reason why the stream is not live, or "".
type probe struct {
	ctx     context.Context
	client  *httpclient.Client
	home    *url.URL // the stream's address
	headers map[string]string
	playing bool // no segments are requested
	list    bool // the playlist looks like a list of streams
}

// open makes the client.
func (p *probe) open(t httpclient.Transports, src source.Source) error {
	jar, err := cookies.Load(src.Cookies, time.Now())
	if err != nil {
		return err
	}
	p.client, err = httpclient.New(t, httpclient.Policy{AllowPrivate: src.AllowPrivate, Proxy: src.Proxy, Home: p.home, Headers: p.headers, StreamHosts: src.StreamHosts}, jar)
	return err
}

// stream checks the stream, and sets the response time, bitrate and codecs of h.
func (p *probe) stream(h *stream.Health) (reason string) {
	start := time.Now()
	a := p.playlist(p.home)
	h.ResponseTime = time.Since(start)
	if a.reason != "" {
		return a.reason
	}
	p.list = chanlist.JudgePlaylist(a.body) == chanlist.ChannelList
	playlist, err := inspect(a.body)
	if err != nil {
		return err.Error()
	}
	if playlist.multivariant {
		slices.SortStableFunc(playlist.variants, func(a, b variant) int { return cmp.Compare(b.bandwidth, a.bandwidth) })
		for _, v := range playlist.variants {
			h.Bitrate = max(h.Bitrate, v.bandwidth)
			if v.codecs != "" && len(v.codecs) <= maxCodecs && len(h.Codecs) < checkCodecs && !slices.Contains(h.Codecs, v.codecs) {
				h.Codecs = append(h.Codecs, v.codecs)
			}
		}
		return p.variants(a.url, playlist.variants)
	}
	return p.segments(a.url, playlist.segments)
}

// variants tries the variants in order, and returns the reason of the first if all fail.
func (p *probe) variants(base *url.URL, variants []variant) (first string) {
	for i, v := range variants {
		if i == checkVariants {
			break
		}
		reason := p.child(base, v.uri, p.playlist)
		if reason == "" {
			return ""
		}
		if i == 0 {
			first = "its best variant: " + reason
		}
	}
	return first
}

// segments tries the newest segment, then the one before it, because the newest may be listed a moment before it is
// available. It returns the reason of the first if both fail.
func (p *probe) segments(base *url.URL, newest []segment) (first string) {
	if p.playing {
		return ""
	}
	for i, s := range newest {
		reason := p.child(base, s.uri, func(u *url.URL) answer { return p.segment(u, s.offset) })
		if reason == "" {
			return ""
		}
		if i == 0 {
			first = "its newest segment: " + reason
		}
	}
	return first
}

// child requests a URI of the playlist at base. Some CDNs require the parent's token for its children, although their URIs
// do not contain it. So a refused child is requested once more with the parent's parameters.
func (p *probe) child(base *url.URL, uri string, get func(*url.URL) answer) (reason string) {
	if hasVariable(uri) {
		// The check does not resolve EXT-X-DEFINE; only the playlist itself can be judged.
		return ""
	}
	u, err := weburl.Resolve(base, uri)
	if err != nil {
		if errors.Is(err, weburl.ErrScheme) {
			return "its address is not an http URL"
		}
		return "its address cannot be requested: " + err.Error()
	}
	a := get(u)
	if !a.refused {
		return a.reason
	}
	again, withheld := httpclient.Inherit(p.client.Scope, base, httpclient.Inheritable("", base), u)
	switch {
	case withheld && httpclient.Denied(a.status):
		return "answered " + response.StatusText(a.status) + ": " + httpclient.Hint(u.Hostname())
	case again != nil && get(again).reason == "":
		return ""
	}
	return a.reason
}

// answer is the answer to a request.
type answer struct {
	url    *url.URL // after redirects
	body   []byte
	status int
	reason string
	// refused is true if the token was refused: 401, 403, 404, 410, or a web page instead of media.
	refused bool
	// endless is true if the server announced no length.
	endless bool
}

func (p *probe) playlist(u *url.URL) answer {
	a := p.get(u, "", checkPlaylist)
	if a.reason != "" {
		return a
	}
	kind, _ := media.Look(a.body, true)
	switch {
	case kind == media.Playlist:
		a.body, _ = media.PlaylistText(a.body)
	case kind.Timed() && a.endless:
		a.reason = fmt.Sprintf("endless %s, not an HLS playlist (Gridwall plays only HLS)", kind)
	case kind.Timed() || kind.Manifest():
		a.reason = fmt.Sprintf("%s, not an HLS playlist (Gridwall plays only HLS)", kind)
	case kind == media.Empty:
		a.reason = "an empty answer where a playlist was expected"
	case kind == media.Unknown:
		a.reason = "unknown data where a playlist was expected"
	default:
		a.reason, a.refused = fmt.Sprintf("%s where a playlist was expected", kind), kind.Words()
	}
	return a
}

func (p *probe) segment(u *url.URL, offset int64) answer {
	byteRange := fmt.Sprintf("bytes=%d-%d", offset, offset+checkSegment-1)
	a := p.get(u, byteRange, checkSegment)
	if a.status == http.StatusRequestedRangeNotSatisfiable {
		a = p.get(u, "", checkSegment)
	}
	if a.reason != "" {
		return a
	}
	kind, sure := media.Look(a.body, len(a.body) < checkSegment)
	if !sure { // a long text, which is not media
		kind, _ = media.Look(a.body, true)
	}
	switch {
	case kind == media.Empty:
		a.reason = "an empty answer where media was expected"
	case !media.WantSegment.Fits(kind):
		a.reason, a.refused = fmt.Sprintf("%s where media was expected", kind), true
	case kind == media.Playlist && p.list:
		a.reason = "another playlist where media was expected: this is a list of streams; use a source of kind m3u"
	case !kind.Carried() && kind != media.Playlist:
		a.reason = fmt.Sprintf("%s, which is not a segment of HLS", kind)
	}
	return a
}

// get reads at most limit bytes of u. If a server ignores Range, the first bytes of the whole resource serve as well.
func (p *probe) get(u *url.URL, byteRange string, limit int64) answer {
	resp, err := p.client.Get(p.ctx, httpclient.Request{URL: u, Range: byteRange, Text: byteRange == ""})
	if err != nil {
		return answer{reason: failure(err)}
	}
	defer resp.Body.Close()
	if !response.Success(resp.StatusCode) {
		a := answer{reason: "answered " + response.StatusText(resp.StatusCode), status: resp.StatusCode, refused: response.Refuses(resp.StatusCode)}
		if hint := resp.Hint(); hint != "" {
			a.reason += ": " + hint
		}
		return a
	}
	other := func(kind media.Kind) bool { return byteRange == "" && kind != media.Playlist }
	body, _, err := response.ReadText(resp.Response, limit, other)
	// A playlist must be complete. Any bytes of a segment prove that it is available.
	if err != nil && (byteRange == "" || len(body) == 0) {
		return answer{reason: failure(err)}
	}
	return answer{url: resp.URL, body: body, status: resp.StatusCode, endless: resp.ContentLength < 0}
}

// failure returns why there was no answer, in words that a user understands.
func failure(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return "no answer in time"
	case errors.Is(err, httpclient.ErrRedirectLoop):
		return fmt.Sprintf("%v (more than %d)", httpclient.ErrTooManyRedirects, httpclient.MaxRedirects)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed the connection before its answer was complete"
	}
	return stream.Describe(err)
}
