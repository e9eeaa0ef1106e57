package httpclient

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
)

const (
	// maxLayers bounds the codings of one body; more are an error. One is usual, two come from a CDN that compresses the
	// compressed answer of its origin.
	maxLayers = 3
	// maxBetween bounds the output of each layer but the last, in bytes. The caller bounds the last one.
	maxBetween = 16 << 20
	// maxMembers bounds the members of one gzip body: empty ones cost time and yield nothing.
	maxMembers = 10_000
	// peekLen is how many bytes of a body are examined to recognise its coding.
	peekLen = 512
)

// ErrEncoding is returned by Read of a body that cannot be decompressed.
var ErrEncoding = errors.New("unreadable Content-Encoding")

// codings splits a Content-Encoding header into the codings that change the body, in the order in which they were applied.
func codings(values []string) (out []string) {
	for _, v := range values {
		for c := range strings.SplitSeq(v, ",") {
			switch c = strings.ToLower(strings.TrimSpace(c)); c {
			case "gzip", "x-gzip":
				out = append(out, "gzip")
			case "deflate", "br", "zstd", "compress", "x-compress":
				out = append(out, c)
			}
			// Other values (identity, none, utf-8) do not change the body.
		}
	}
	return out
}

// decoded is a body without its codings. The bytes decide, not the header, because CDNs announce gzip and send plain text, or
// send gzip without announcing it. The coding is recognised by the first Read, which returns the errors.
type decoded struct {
	io.Closer
	src    io.Reader
	claims []string
	// text bodies (playlists, lists, pages) that start like gzip are decompressed even if it is not announced.
	text bool
	r    io.Reader
	err  error
}

func (d *decoded) Read(p []byte) (int, error) {
	if d.r == nil && d.err == nil {
		d.r, d.err = d.open()
	}
	if d.err != nil {
		return 0, d.err
	}
	return d.r.Read(p)
}

func (d *decoded) open() (io.Reader, error) {
	if len(d.claims) > maxLayers {
		return nil, fmt.Errorf("%w: more than %d codings", ErrEncoding, maxLayers)
	}
	r, layers := bufio.NewReader(d.src), 0
	var last *between
	unpack := func(claim string) error {
		n := peekLen
		if claim == "" {
			n = 3 // three bytes are enough for gzip, without waiting for more of a slow body
		}
		head, err := r.Peek(n)
		if len(head) == 0 {
			return err
		}
		out, err := layer(claim, head, r)
		if err != nil || out == nil {
			return err
		}
		if last != nil {
			last.left = maxBetween
		}
		last = &between{r: out, left: -1}
		r = bufio.NewReader(last)
		layers++
		return nil
	}
	for i := len(d.claims) - 1; i >= 0; i-- {
		if err := unpack(d.claims[i]); err != nil {
			return r, whole(err)
		}
	}
	for d.text && layers < maxLayers {
		before := layers
		if err := unpack(""); err != nil {
			return r, whole(err)
		}
		if layers == before {
			break
		}
	}
	return r, nil
}

// whole drops io.EOF at the end of a peek; the next Read returns it.
func whole(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// between bounds the output of a layer that another layer reads.
type between struct {
	r    io.Reader
	left int64 // negative: unbounded
}

func (b *between) Read(p []byte) (int, error) {
	if b.left < 0 {
		return b.r.Read(p)
	}
	if b.left == 0 {
		return 0, fmt.Errorf("%w: more than %d MiB between two codings", ErrEncoding, maxBetween>>20)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// layer returns a reader that decodes r, which starts with head, from the claimed coding; nil if the bytes are not encoded.
// With an empty claim, only gzip is recognised.
func layer(claim string, head []byte, r *bufio.Reader) (io.Reader, error) {
	switch {
	case isGzip(head):
		return &gunzip{src: r}, nil
	case claim == "" || claim == "gzip" || isPlain(head):
		return nil, nil
	case claim == "deflate" && isZlib(head):
		return zlib.NewReader(r)
	case claim == "deflate" && isDeflate(head):
		return flate.NewReader(r), nil
	case claim == "deflate":
		return nil, nil
	case claim == "br":
		return brotli.NewReader(r), nil
	}
	return nil, fmt.Errorf("%w: the answer is encoded as %s, which was not requested", ErrEncoding, claim)
}

func isGzip(head []byte) bool {
	return len(head) >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8
}

// isZlib reports whether head starts with a zlib header (RFC 1950).
func isZlib(head []byte) bool {
	return len(head) >= 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// isDeflate reports whether head can be decompressed as raw deflate, which some servers send.
func isDeflate(head []byte) bool {
	n, err := io.Copy(io.Discard, io.LimitReader(flate.NewReader(bytes.NewReader(head)), 1<<20))
	return n > 0 && (err == nil || errors.Is(err, io.ErrUnexpectedEOF))
}

// isPlain reports whether head is text, an MPEG transport stream or an MP4, and so not compressed.
func isPlain(head []byte) bool {
	if len(head) > 188 && head[0] == 0x47 && head[188] == 0x47 {
		return true
	}
	if len(head) >= 8 {
		switch string(head[4:8]) {
		case "ftyp", "styp", "moof", "sidx", "emsg", "prft":
			return true
		}
	}
	if len(head) > 64 {
		head = head[:64]
	}
	for _, c := range bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")) {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' || c >= 0x7f {
			return false
		}
	}
	return true
}

// gunzip reads gzip members one after the other, and ignores trailing data, as browsers and curl do.
type gunzip struct {
	src *bufio.Reader
	z   *gzip.Reader
	n   int // members so far
	end bool
}

func (g *gunzip) Read(p []byte) (int, error) {
	for !g.end {
		if g.z == nil {
			z, err := gzip.NewReader(g.src)
			if err != nil {
				return 0, broken(err)
			}
			z.Multistream(false)
			g.z = z
		}
		n, err := g.z.Read(p)
		if errors.Is(err, io.EOF) {
			head, _ := g.src.Peek(3)
			if g.n++; !isGzip(head) {
				g.end = true
			} else if g.n == maxMembers {
				return n, fmt.Errorf("%w: more than %d gzip members", ErrEncoding, maxMembers)
			} else if err := g.z.Reset(g.src); err != nil {
				return n, broken(err)
			} else {
				g.z.Multistream(false)
			}
			err = nil
		}
		if n > 0 || err != nil {
			return n, broken(err)
		}
	}
	return 0, io.EOF
}

// broken turns io.EOF in the middle of a member into io.ErrUnexpectedEOF.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
