package extract

import (
	"bytes"
	"slices"

	judge "gridwall/backend/media"
)

// IsMarkup reports whether an answer is a web page or XML. It looks at the bytes, because servers often send the wrong
// type and neither JSON nor a playlist can begin with '<'. Leading zero bytes are ignored.
func IsMarkup(head []byte) bool {
	switch kind, _ := judge.Look(bytes.TrimLeft(head, "\x00"), true); kind {
	case judge.HTML, judge.XML, judge.DASH, judge.Smooth, judge.TTML:
		return true
	}
	return false
}

// WebPage is what Markup calls a web page.
var WebPage = ErrWebPage.Error()

// MarkupHead is how much of a document Markup examines, in bytes.
const MarkupHead = 2048

// xmlMarks occur only in XML documents, pageMarks only in web pages (RSS has a <title> too).
var (
	xmlMarks  = []string{"<?xml", "xmlns", "<rss", "<asx", "<smil"}
	pageMarks = []string{"<html", "<!doctype html", "<body", "<script", "<iframe", "<video"}
)

// Markup names the kind of a document for which IsMarkup is true, judging by its head: "a web page", "a DASH manifest
// (MPD)", "XML". A fragment of a page counts as a web page.
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
