package browser_test

import (
	"strings"
	"testing"
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/internal/testkind"
)

func TestConformance(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	k := newKit(t, "")
	k.SetQuiet(300 * time.Millisecond)
	// The suite makes twenty runs. browser_test.go tests runs with their own browser.
	closeBrowser := k.ShareBrowser()
	testkind.Run(t, testkind.Case{
		Patience: 2 * wait, Outside: true, Close: closeBrowser,
		Kind: "browser", Extractor: k, Transports: k.pool,
		Source: func(url string) source.Source {
			return source.Source{
				Key: "club", Name: "Club", Kind: "browser", URL: url, Match: `[?&]feed=`,
				// The headers that differ between browsers, or that the suite sends to the site, are set in the file.
				StreamHeaders: map[string]string{"User-Agent": "Club/1", "Cookie": "a=1"},
			}
		},
		Good: []testkind.Answer{{
			Name: "a page whose script requests a stream", ContentType: "text/html",
			Body: `<!DOCTYPE html><title>World feed</title><script>fetch("/nothing?feed=" + [7, 7].join(""))</script>`,
			Want: []extract.Found{{
				URL: "{base}/nothing?feed=77", Title: "World feed",
				Headers: map[string]string{"Referer": "{base}/good?token=s3cr3t-0123456789abcdef"},
			}},
		}},
		Empty: []testkind.Answer{
			{Name: "a page without a stream", ContentType: "text/html", Body: `<!DOCTYPE html><title>Club</title><p>No session today.`},
		},
		Begin: "<!DOCTYPE html><title>Club</title><!-- ", Repeat: strings.Repeat("nothing to see ", 64) + "\n",
	})
}
