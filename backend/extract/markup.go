package extract

import (
	"bytes"
	"slices"

	"gridwall/backend/media"
)

// IsMarkup reports whether an answer is a web page or XML. It examines the bytes, because servers often send the wrong
// Content-Type, and neither JSON nor a playlist can begin with '<'. Leading zero bytes are ignored.
func IsMarkup(head []byte) bool {
	switch kind, _ := media.Look(bytes.TrimLeft(head, "\x00"), true); kind {
	case media.HTML, media.XML, media.DASH, media.Smooth, media.TTML:
		return true
	}
	return false
}

// WebPage is what Markup returns for a web page.
var WebPage = ErrWebPage.Error()

// MarkupHead is how much of a document Markup examines, in bytes.
const MarkupHead = 2048

// xmlMarks occur only in XML documents, pageMarks only in web pages (RSS has a <title> too).
var (
	xmlMarks  = []string{"<?xml", "xmlns", "<rss", "<asx", "<smil"}
	pageMarks = []string{"<html", "<!doctype html", "<body", "<script", "<iframe", "<video"}
)

// Markup returns the kind of a document for which IsMarkup is true, as an error text names it: "a web page", "a DASH
// manifest (MPD)", "XML". It examines only the head. A fragment of a page counts as a web page.
func Markup(head []byte) string {
	head = bytes.TrimLeft(head[:min(len(head), MarkupHead)], "\x00")
	low := bytes.ToLower(head)
	has := func(mark string) bool { return bytes.Contains(low, []byte(mark)) }
	switch kind, _ := media.Look(head, true); {
	case kind == media.DASH, kind == media.Smooth, kind == media.TTML:
		return kind.String()
	case kind != media.XML, slices.ContainsFunc(pageMarks, has), !slices.ContainsFunc(xmlMarks, has):
		return WebPage
	case has("xspf.org/ns"):
		return "an XSPF playlist"
	}
	return media.XML.String()
}

func markupError(shown string, head []byte, expected string) error {
	kind := Markup(head)
	advice := ""
	switch kind {
	case WebPage:
		return fetchError(shown, ErrWebPage, "answered %v where %s was expected", ErrWebPage, expected)
	case media.DASH.String(), media.Smooth.String():
		advice = ": only HLS is played"
	}
	return fetchError(shown, nil, "answered %s where %s was expected%s", kind, expected, advice)
}
