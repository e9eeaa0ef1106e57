package api

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// emptyFolder holds no source.
type emptyFolder struct{ sources }

func (emptyFolder) Text(string) ([]byte, error) { return nil, stream.ErrUnknownSource }
func (emptyFolder) Check(key string, text []byte) (source.Source, error) {
	return source.Parse(filepath.Join("/home/u/.config/gridwall/sources", key+".toml"), text, nil)
}

func TestWhatACallerFromElsewhereMayNotHave(t *testing.T) {
	a := New(Options{Sources: emptyFolder{}, Paths: Paths{Config: "/home/u/.config/gridwall", Sources: "/home/u/.config/gridwall/sources"}})
	const m3u, direct = "kind = \"m3u\"\nurl = \"https://a.test/x.m3u\"\n", "kind = \"direct\"\n[[stream]]\nurl = \"http://a.test/1.m3u8\"\n"
	for text, says := range map[string]string{
		m3u: "", direct: "",
		"allow_private = true\n" + m3u:                                                                                 "",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://192.168.1.5/a\"\n":                                       "",
		"kind = \"m3u\"\nurl = \"mine.m3u\"\n":                                                                         "",
		"kind = \"m3u\"\nurl = \"../lists/mine.m3u\"\n":                                                                "",
		"kind = \"m3u\"\nurl = \"../../x.m3u\"\n":                                                                      "outside",
		"kind = \"m3u\"\nurl = \"../../gridwall-of-another/x.m3u\"\n":                                                  "outside",
		"kind = \"m3u\"\nurl = \"/home/u/.git-credentials\"\n":                                                         "outside",
		"kind = \"m3u\"\nurl = \"/home/u/.config/gridwall/../x\"\n":                                                    "outside",
		"kind = \"m3u\"\nurl = \"/proc/self/environ\"\n":                                                               "outside",
		m3u + "cookies = \"cookies.txt\"\n":                                                                            "",
		m3u + "cookies = \"/home/u/cookies.txt\"\n":                                                                    "outside",
		m3u + "proxy = \"http://127.0.0.1:9101\"\n":                                                                    "proxy",
		m3u + "proxy = \"socks5://proxy.test:1080\"\n":                                                                 "proxy",
		m3u + "[headers]\nX = \"${HOME}\"\n":                                                                           "environment",
		m3u + "[stream_headers]\nX = \"a${NOT_SET_AT_ALL}b\"\n":                                                        "environment",
		m3u + "ulr = \"x\"\n[headers]\nX = \"${HOME}\"\n":                                                              "environment",
		m3u + "[headers]\nX = \"$HOME\"\n":                                                                             "",
		"kind = \"command\"\ncommand = [\"true\"]\nformat = \"json\"\n":                                                "server.allow_commands",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://169.254.169.254/latest\"\n":                              "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://[fe80::1%25eth0]/x\"\n":                                  "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://[::ffff:169.254.1.1]/x\"\n":                              "link-local",
		"allow_private = true\nkind = \"direct\"\n[[stream]]\nurl = \"http://169.254.1.1/1.m3u8\"\n":                   "link-local",
		"allow_private = true\nkind = \"browser\"\nurl = \"http://169.254.1.1/\"\n":                                    "link-local",
		"allow_private = true\nkind = \"page\"\nfind = \"x(?P<url>y)\"\nurl = \"http://169.254.1.1./\"\n":              "link-local",
		"allow_private = true\nkind = \"json\"\nquery = \".\"\nurl = \"HTTP://169.254.1.1:80/?x=http://good.test/\"\n": "link-local",
	} {
		err := a.mayWrite(t.Context(), "new", text)
		if says == "" {
			assert.NoError(t, err, text)
			continue
		}
		assert.ErrorContains(t, err, says, text)
		assert.ErrorContains(t, err, "server.allow_commands", text)
		if err != nil {
			assert.Equal(t, CodeForbidden, AsError(err).Code)
		}
		for _, ctx := range []context.Context{WithCaller(t.Context(), InPerson), granted(t.Context(), true)} {
			assert.NoError(t, a.mayWrite(ctx, "new", text), text)
		}
	}

	calendar := func(c Caller, s CalendarSetting, kept ...CalendarSetting) error {
		return a.mayRead(WithCaller(t.Context(), c), s, kept)
	}
	here, elsewhere := Caller{Here: true}, Caller{}
	for path, inside := range map[string]bool{
		"club.ics": true, "calendars/club.ics": true, "/home/u/.config/gridwall/club.ics": true, "../club.ics": false, "~/club.ics": false,
		"/etc/hosts": false, "/home/u/.config/gridwall/../x.ics": false, "/home/u/.config/gridwall-2/x.ics": false,
	} {
		s := CalendarSetting{Kind: "ics", Path: path}
		assert.Equal(t, inside, calendar(here, s) == nil, path)
		assert.NoError(t, calendar(InPerson, s))
		assert.NoError(t, calendar(elsewhere, s, CalendarSetting{Kind: "ics", Path: path, Name: "mine"}), "it is set already")
	}
	for url, may := range map[string][2]bool{ // from here, from elsewhere
		"https://a.test/x.ics": {true, true}, "http://127.0.0.1:9/x": {true, false}, "http://localhost/x": {true, false}, "http://LOCALHOST./x": {true, false},
		"http://192.168.1.1/x": {true, false}, "http://[::1]/x": {true, false}, "http://[fd12::1]/x": {true, false}, "http://[::ffff:10.0.0.1]/": {true, false},
		"http://169.254.169.254/x": {}, "http://[fe80::1%25lo]/x": {}, "http://[::ffff:169.254.169.254]/x": {},
	} {
		s := CalendarSetting{Kind: "ics", URL: url}
		assert.Equal(t, may, [2]bool{calendar(here, s) == nil, calendar(elsewhere, s) == nil}, url)
		assert.NoError(t, calendar(InPerson, s))
	}
}
