package cli

import (
	"errors"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"syscall"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// adviceHost is the advice for an unknown host.
const adviceHost = "check the spelling of the host, and that this machine is online"

// failureLine returns a line for the terminal about a source that failed: what is wrong, where, and how to fix it.
func failureLine(src source.Source, key string, err error) string {
	var inFile *source.Error
	if errors.As(err, &inFile) {
		return stream.OneLine(inFile) // begins with the file and the line
	}
	text := strings.TrimPrefix(stream.OneLine(err), stream.ErrNoStreams.Error()+": ")
	if advice := adviceFor(src, err); advice != "" {
		text += "; " + advice
	}
	return key + ": " + text
}

// hostFirst matches a path that begins like a web address without its scheme: club.example/list.m3u.
var hostFirst = regexp.MustCompile(`^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+(:\d+)?/`)

// adviceFor returns advice about a failed request; "" if the error already contains it, or if there is none.
func adviceFor(src source.Source, err error) string {
	var (
		fetch *extract.FetchError
		dns   *net.DNSError
	)
	switch {
	case errors.As(err, &fetch) && fetch.Status != 0:
		if strings.Contains(fetch.Msg, ":") || strings.Contains(fetch.Msg, ";") {
			return "" // the error contains advice
		}
		switch fetch.Status {
		case 401:
			return "the site asks for a login: set cookies or [headers] in the source's file"
		case 403:
			return "the site refuses the request: it may need cookies or [headers] in the source's file, or kind = \"browser\""
		case 404, 410:
			return "check the address"
		}
	case errors.As(err, &dns):
		return adviceHost
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: check the port, and that the server is running"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "check that this machine is online"
	case errors.Is(err, fs.ErrNotExist) && src.Path != "" && hostFirst.MatchString(src.URL):
		return "a web address begins with https:// or http://"
	}
	return ""
}
