package access

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/settings"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// emptyFolder holds no source.
type emptyFolder struct{}

func (emptyFolder) Text(string) ([]byte, error) { return nil, stream.ErrUnknownSource }
func (emptyFolder) All() []source.Entry         { return nil }

// folder holds the texts of sources that a user wrote by hand.
type folder struct {
	texts map[string]string
}

func (f folder) All() []source.Entry { return nil }

func (f folder) Text(key string) ([]byte, error) {
	if text, ok := f.texts[key]; ok {
		return []byte(text), nil
	}
	return nil, stream.ErrUnknownSource
}

func TestASourceWithGuardedKeysCanStillBeRenamedOverHTTP(t *testing.T) {
	const (
		list = "kind = \"m3u\"\nurl = \"https://a.test/x.m3u\"\n"
		env  = "enabled = false\n" + list + "[headers]\nAuthorization = \"Bearer ${CLUB}\"\n"
		prox = list + "proxy = \"socks5://127.0.0.1:1080\"\n"
		page = "kind = \"browser\"\nurl = \"https://a.test/live\"\n"
		link = "kind = \"m3u\"\nallow_private = true\nurl = \"http://169.254.7.7/x.m3u\"\n"
		file = "kind = \"m3u\"\nurl = \"/srv/lists/x.m3u\"\n"
		two  = "kind = \"direct\"\n[[stream]]\nurl = \"https://a.test/1.m3u8\"\n[stream_headers]\nX = \"${CLUB}\"\n"
	)
	kept := map[string]string{"env": env, "proxy": prox, "page": page, "link": link, "file": file, "two": two, "off": "enabled = false\n" + page, "broken": "kind = \n" + prox}
	p := Policy{"/home/u/.config/gridwall", "/home/u/.config/gridwall/sources", folder{texts: kept}}
	change := strings.NewReplacer
	for _, c := range []struct {
		key, text string
		may       bool
	}{
		{"env", "name = \"Club\"\n" + env, true},
		{"env", change("enabled = false", "enabled = true\ninterval = \"5m\"\ntimeout = \"40s\"").Replace(env), true},
		{"env", "# mine\n\n" + env, true},
		{"env", list, true}, // what was guarded goes
		{"env", change("a.test", "attacker.test").Replace(env), false},
		{"env", "stream_hosts = [\"attacker.test\"]\n" + env, false},
		{"env", "allow_private = true\n" + env, false},
		{"env", change("CLUB", "AWS_SECRET_ACCESS_KEY").Replace(env), false},
		{"env", change("Authorization", "X-Leak").Replace(env), false},
		{"env", env + "[stream_headers]\nX = \"${CLUB}\"\n", false},
		{"env", change("\"m3u\"", "\"browser\"").Replace(env), false},
		{"other", env, false},
		{"two", change("url", "title = \"Pit lane\"\nquality = \"720p\"\nurl").Replace(two), true},
		{"two", change("1.m3u8", "2.m3u8").Replace(two), false},
		{"proxy", "name = \"Club\"\nmatch = \"F1\"\n" + prox, true},
		{"proxy", change("/x.m3u", "/y.m3u").Replace(prox), true},
		{"proxy", change("1080", "9101").Replace(prox), false},
		{"proxy", list, true},
		{"page", "name = \"Club\"\n" + page, true},
		{"page", "enabled = false\n" + page, true},
		{"page", change("/live", "/other").Replace(page), false},
		{"page", page + "match = \"x\"\n", false},
		{"off", "name = \"Club\"\nenabled = false\n" + page, true},
		{"off", page, false},
		{"other", page, false},
		{"other", "enabled = false\n" + page, false},
		{"link", "name = \"Camera\"\n" + link, true},
		{"link", change("/x.m3u", "/y.m3u").Replace(link), true},
		{"link", change("7.7", "7.8").Replace(link), false},
		{"file", "match = \"F1\"\n" + file, true},
		{"file", change("x.m3u", "y.m3u").Replace(file), false},
		{"broken", prox, false},
	} {
		err := p.MayWrite(t.Context(), c.key, c.text, "")
		assert.Equal(t, c.may, err == nil, "%s: %s: %v", c.key, c.text, err)
	}
}

func TestRemoteCallersCannotReadFilesOrReachInternalHosts(t *testing.T) {
	p := Policy{"/home/u/.config/gridwall", "/home/u/.config/gridwall/sources", emptyFolder{}}
	const m3u, direct = "kind = \"m3u\"\nurl = \"https://a.test/x.m3u\"\n", "kind = \"direct\"\n[[stream]]\nurl = \"http://a.test/1.m3u8\"\n"
	for text, says := range map[string]string{
		m3u: "", direct: "",
		"allow_private = true\n" + m3u:                                                                                 "",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://192.168.1.5/a\"\n":                                       "",
		"kind = \"m3u\"\nurl = \"mine.m3u\"\n":                                                                         "",
		"kind = \"m3u\"\nurl = \"../lists/mine.m3u\"\n":                                                                "",
		"kind = \"m3u\"\nurl = \"../../x.m3u\"\n":                                                                      "in the configuration folder",
		"kind = \"m3u\"\nurl = \"../../gridwall-of-another/x.m3u\"\n":                                                  "in the configuration folder",
		"kind = \"m3u\"\nurl = \"/home/u/.git-credentials\"\n":                                                         "in the configuration folder",
		"kind = \"m3u\"\nurl = \"/home/u/.config/gridwall/../x\"\n":                                                    "in the configuration folder",
		"kind = \"m3u\"\nurl = \"/proc/self/environ\"\n":                                                               "in the configuration folder",
		m3u + "cookies = \"cookies.txt\"\n":                                                                            "",
		m3u + "cookies = \"/home/u/cookies.txt\"\n":                                                                    "in the configuration folder",
		m3u + "proxy = \"http://127.0.0.1:9101\"\n":                                                                    "proxy",
		m3u + "proxy = \"socks5://proxy.test:1080\"\n":                                                                 "proxy",
		m3u + "[headers]\nX = \"${HOME}\"\n":                                                                           "environment",
		m3u + "[stream_headers]\nX = \"a${NOT_SET_AT_ALL}b\"\n":                                                        "environment",
		m3u + "ulr = \"x\"\n[headers]\nX = \"${HOME}\"\n":                                                              "environment",
		m3u + "[headers]\nX = \"$HOME\"\n":                                                                             "",
		"kind = \"command\"\ncommand = [\"true\"]\nformat = \"json\"\n":                                                "server.allow_commands",
		"kind = \"m3u\"\nurl = \"../config.toml\"\n":                                                                   "not a list",
		"kind = \"m3u\"\nurl = \"../Config.TOML\"\n":                                                                   "not a list",
		"kind = \"m3u\"\nurl = \"../gridwall.db\"\n":                                                                   "not a list",
		m3u + "cookies = \"../config.toml\"\n":                                                                         "cookies",
		"kind = \"browser\"\nurl = \"https://a.test/\"\n":                                                              "Chromium",
		"enabled = false\nkind = \"browser\"\nurl = \"https://a.test/\"\n":                                             "Chromium",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://2851995905/x\"\n":                                        "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://0xa9.254.1.1/x\"\n":                                      "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://0251.0376.1.1/x\"\n":                                     "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = 'http:\\\\169.254.1.1\\x'\n":                                      "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://１６９.254.1.1/x\"\n":                                       "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://%31%36%39.254.1.1/x\"\n":                                 "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://169.254.1.1\\t/x\"\n":                                    "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://[64:ff9b::a9fe:101]/x\"\n":                               "link-local",
		"allow_private = true\nstream_hosts = [\"169.254.1.1\"]\nkind = \"m3u\"\nurl = \"http://192.168.1.5/a\"\n":     "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://169.254.169.254/latest\"\n":                              "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://[fe80::1%25eth0]/x\"\n":                                  "link-local",
		"allow_private = true\nkind = \"m3u\"\nurl = \"http://[::ffff:169.254.1.1]/x\"\n":                              "link-local",
		"allow_private = true\nkind = \"direct\"\n[[stream]]\nurl = \"http://169.254.1.1/1.m3u8\"\n":                   "link-local",
		"allow_private = true\nkind = \"browser\"\nurl = \"http://169.254.1.1/\"\n":                                    "Chromium",
		"allow_private = true\nkind = \"page\"\nfind = \"x(?P<url>y)\"\nurl = \"http://169.254.1.1./\"\n":              "link-local",
		"allow_private = true\nkind = \"json\"\nquery = \".\"\nurl = \"HTTP://169.254.1.1:80/?x=http://good.test/\"\n": "link-local",
	} {
		err := p.MayWrite(t.Context(), "new", text, "")
		if says == "" {
			assert.NoError(t, err, text)
			continue
		}
		assert.ErrorContains(t, err, says, text)
		assert.ErrorContains(t, err, "server.allow_commands", text)
		if err != nil {
			assert.ErrorIs(t, err, ErrForbidden)
		}
		for _, ctx := range []context.Context{WithCaller(t.Context(), InPerson), WithCaller(t.Context(), Caller{Commands: true})} {
			assert.NoError(t, p.MayWrite(ctx, "new", text, ""), text)
		}
	}

	calendar := func(c Caller, s settings.Calendar, kept ...settings.Calendar) error {
		return p.MayReadCalendar(WithCaller(t.Context(), c), s, kept)
	}
	here, elsewhere := Caller{Here: true}, Caller{}
	for path, inside := range map[string]bool{
		"club.ics": true, "calendars/club.ics": true, "/home/u/.config/gridwall/club.ics": true, "../club.ics": false, "~/club.ics": false,
		"/etc/hosts": false, "/home/u/.config/gridwall/../x.ics": false, "/home/u/.config/gridwall-2/x.ics": false,
	} {
		s := settings.Calendar{Kind: "ics", Path: path}
		assert.Equal(t, inside, calendar(here, s) == nil, path)
		assert.NoError(t, calendar(InPerson, s))
		assert.NoError(t, calendar(elsewhere, s, settings.Calendar{Kind: "ics", Path: path, Name: "mine"}), "it is set already")
	}
	for url, may := range map[string][2]bool{ // from here, from elsewhere
		"https://a.test/x.ics": {true, true}, "http://127.0.0.1:9/x": {true, false}, "http://localhost/x": {true, false}, "http://LOCALHOST./x": {true, false},
		"http://192.168.1.1/x": {true, false}, "http://[::1]/x": {true, false}, "http://[fd12::1]/x": {true, false}, "http://[::ffff:10.0.0.1]/": {true, false},
		// However it is written, it is what the client dials.
		"http://2130706433/x": {true, false}, "http://127.1/x": {true, false}, "http://0x7f.1/x": {true, false}, "http://１２７.0.0.1/x": {true, false},
		`http:\\127.0.0.1\x`: {true, false}, "http://127.0.0.1\t/x": {true, false}, "http:/127.0.0.1/x": {true, false}, "http://[64:ff9b::7f00:1]/x": {true, false},
		"http://[::]/x": {true, false}, "http://0/x": {true, false}, "http://2851995905/x": {},
		"http://169.254.169.254/x": {}, "http://[fe80::1%25lo]/x": {}, "http://[::ffff:169.254.169.254]/x": {},
	} {
		s := settings.Calendar{Kind: "ics", URL: url}
		assert.Equal(t, may, [2]bool{calendar(here, s) == nil, calendar(elsewhere, s) == nil}, url)
		assert.NoError(t, calendar(InPerson, s))
	}
}
