package extract

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMarkupNamesTheKindOfDocument(t *testing.T) {
	const prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	for text, want := range map[string]string{
		"<!doctype html><p>x": "a web page",
		"<ul><li>World</ul>":  "a web page",
		"<br />\nwords":       "a web page",
		prolog + `<html xmlns="http://www.w3.org/1999">`:                           "a web page",
		prolog + `<!-- x --><xhtml:html><xhtml:body><video src="a">`:               "a web page",
		prolog + `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">`:                     "a DASH manifest (MPD)",
		`<SmoothStreamingMedia MajorVersion="2">`:                                  "a Smooth Streaming manifest",
		prolog + `<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>`: "an XSPF playlist",
		`<playlist xmlns="http://xspf.org/ns/0/">`:                                 "an XSPF playlist",
		prolog + "<rss version=\"2.0\"><channel><title>News</title>":               "XML",
		`<asx version="3.0"><entry><ref href="http://x.test/a"/>`:                  "XML",
		prolog + `<error>no such channel</error>`:                                  "XML",
	} {
		assert.True(t, IsMarkup([]byte(text)), text)
		assert.Equal(t, want, Markup([]byte(text)), text)
	}
}
