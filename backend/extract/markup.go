package extract

import (
	"bytes"
	"slices"

	judge "gridwall/backend/media"
)

// IsMarkup reports whether an answer is a web page (or XML), going by its bytes: servers name the wrong type too often, and
// neither JSON nor a playlist can begin with '<'. It is judged as where streams are played; zero bytes before it are
// passed over.
func IsMarkup(head []byte) bool {
	switch kind, _ := judge.Look(bytes.TrimLeft(head, "\x00"), true); kind {
	case judge.HTML, judge.XML, judge.DASH, judge.Smooth, judge.TTML:
		return true
	}
	return false
}

// WebPage is what Markup calls a web page.
var WebPage = ErrWebPage.Error()

// MarkupHead is how much of a document Markup looks at, in bytes.
const MarkupHead = 2048

// What only documents of XML begin with, and what stands in web pages alone (RSS has a <title>, too).
var (
	xmlMarks  = []string{"<?xml", "xmlns", "<rss", "<asx", "<smil"}
	pageMarks = []string{"<html", "<!doctype html", "<body", "<script", "<iframe", "<video"}
)

// Markup says in words what a document that IsMarkup is, going by its head: "a web page", "a DASH manifest (MPD)",
// "XML". A piece of a page is a web page too.
func Markup(head []byte) string {
	head = bytes.TrimLeft(head[:min(len(head), MarkupHead)], "\x00")
	low := bytes.ToLower(head)
	has := func(mark string) bool { return bytes.Contains(low, []byte(mark)) }
	switch kind, _ := judge.Look(head, true); {
	case kind == judge.DASH, kind == judge.Smooth, kind == judge.TTML:
		return kind.String()
	case kind != judge.XML, slices.ContainsFunc(pageMarks, has), !slices.ContainsFunc(xmlMarks, has):
		return WebPage
	case has("xspf.org/ns"):
		return "an XSPF playlist"
	}
	return judge.XML.String()
}

func markupError(shown string, head []byte, expected string) error {
	said := Markup(head)
	advice := ""
	switch said {
	case WebPage:
		return fetchError(shown, ErrWebPage, "answered %v where %s was expected", ErrWebPage, expected)
	case judge.DASH.String(), judge.Smooth.String():
		advice = ": only HLS is played"
	}
	return fetchError(shown, nil, "answered %s where %s was expected%s", said, expected, advice)
}
