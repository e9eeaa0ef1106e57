package webfiles

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// policy lets the UI load its own files, and nothing from other origins. hls.js needs blob: for media and its worker; small
// pictures are data: URLs. There are no inline scripts or styles.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"media-src 'self' blob: data:; worker-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

const (
	// index is the only page of the UI; routes are in the fragment of its URL.
	index = "index.html"
	// hashed is the folder of files with a hash of their content in their names; they never change.
	hashed = "assets/"
	// compressFrom is the size in bytes from which texts are compressed: a smaller one fits into a packet anyway.
	compressFrom = 1400
)

// types are the media types of the UI's files by extension. The machine's own table is not used: on some machines scripts are
// text/plain there, which no browser runs.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8", ".png": "image/png", ".ico": "image/x-icon", ".webp": "image/webp",
	".woff2": "font/woff2", ".wasm": "application/wasm",
}

// File is a file of the UI in memory. It is compressed at the first request that accepts gzip.
type File struct {
	kind, tag, cache string
	plain            []byte
	packed           func() []byte // nil if that saves nothing
}

// Mount adds the UI's files and returns their paths. They need no token, because they are the same in every installation.
func Mount(mux *http.ServeMux, ui fs.FS) (paths []string, err error) {
	err = fs.WalkDir(ui, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(ui, name)
		if err != nil {
			return err
		}
		f := New(name, body)
		if name == index {
			mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
				Secure(w, policy)
				f.ServeHTTP(w, r)
			})
			return nil
		}
		mux.Handle("GET /"+name, f)
		paths = append(paths, "/"+name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("embedded UI: %w", err)
	}
	return paths, nil
}

// New returns the file with the name, which decides its type and how long it is cached.
func New(name string, body []byte) *File {
	sum := sha256.Sum256(body)
	f := &File{kind: types[path.Ext(name)], tag: hex.EncodeToString(sum[:8]), cache: "no-cache", plain: body}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	if strings.HasPrefix(name, hashed) {
		f.cache = "public, max-age=31536000, immutable"
	}
	if t, _, _ := mime.ParseMediaType(f.kind); len(body) >= compressFrom && compressible(t) {
		f.packed = sync.OnceValue(func() []byte { return pack(body) })
	}
	return f
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || kind == "image/svg+xml" || kind == "application/wasm"
}

// pack compresses body. It returns nil if that saves nothing.
func pack(body []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	if out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}

// ServeHTTP serves the file. It supports conditional requests, ranges and HEAD.
func (f *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	body, tag := f.plain, f.tag
	if f.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			if packed := f.packed(); packed != nil {
				h.Set("Content-Encoding", "gzip")
				body, tag = packed, tag+"-gzip"
			}
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reports whether the client accepts gzip (RFC 9110, 12.5.3).
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		if n, err := strconv.ParseFloat(q, 64); !ok || (err == nil && n > 0) {
			return true
		}
		return false
	}
	return false
}

// Secure sets the security headers of a page; csp is its content security policy.
func Secure(w http.ResponseWriter, csp string) {
	h := w.Header()
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
