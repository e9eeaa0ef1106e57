package source

import (
	"path/filepath"
	"time"

	"gridwall/backend/tomlfile"
)

// Source is one place that lists streams, as its file describes it.
type Source struct {
	// Key is the site_key: lower-case letters, digits, '_' and '-'. It defaults to the file's name.
	Key string
	// Name is the site_name; it defaults to Key.
	Name string
	// Kind names the extractor: see Kinds.
	Kind    string
	Enabled bool
	// AllowPrivate permits private and loopback addresses for the site and for its streams.
	AllowPrivate bool
	// Interval is the time between two extractions, Timeout the limit of one; 0 means the default of config.toml.
	Interval, Timeout time.Duration
	// Proxy is the URL of a forward proxy (http, https or socks5); "" for none.
	Proxy string
	// Cookies is the path of a Netscape cookies.txt, resolved against the folder of the file; "" for none.
	Cookies string
	// Headers are sent to the site, StreamHeaders to the CDN. ${NAME} is already expanded, so the values must never be shown.
	Headers, StreamHeaders map[string]string
	// StreamHosts are the domains, in addition to a stream's own, that its headers and tokens may be sent to. Each includes its
	// subdomains.
	StreamHosts []string
	// File is the path of the file that describes the source; "" for a built-in one.
	File string
	// Path is the local file that an m3u source names instead of a URL, resolved against the folder of File; "" if URL is http
	// or https.
	Path string

	// Streams are the streams of kind direct.
	Streams []Direct
	// URL is the url of the file, unchanged.
	URL string
	// Match is a regular expression (RE2). "" selects all entries of an m3u list, and the HLS playlists among a browser's requests.
	Match string
	// Query is the jq program of kind json.
	Query string
	// Follow, Find and Decode belong to kind page.
	Follow []Follow
	Find   string
	Decode []string
	// Command and Format belong to kind command.
	Command []string
	Format  string

	positions tomlfile.Positions
}

// Direct is one stream of a source of kind direct.
type Direct struct {
	URL, Title, Quality string
}

// Follow is one step of a source of kind page from a page to the next.
type Follow struct {
	Select, Attr, Match, Title string
}

// resolve resolves path against the folder of file, which contains it.
func resolve(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}
