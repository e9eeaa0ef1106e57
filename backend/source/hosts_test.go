package source_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
)

func TestEverySourceMayNameMoreHostsForItsStreams(t *testing.T) {
	for _, kind := range []string{
		"kind = \"direct\"\nstream = [{url = \"https://x.test/a\"}]\n", "kind = \"m3u\"\nurl = \"https://x.test/a\"\n",
		"kind = \"json\"\nurl = \"https://x.test/a\"\nquery = \".\"\n", "kind = \"page\"\nurl = \"https://x.test/a\"\n",
		"kind = \"command\"\ncommand = [\"x\"]\nformat = \"lines\"\n", "kind = \"browser\"\nurl = \"https://x.test/a\"\n", "kind = \"demo\"\n",
	} {
		s, err := source.Parse("x.toml", []byte(kind+"stream_hosts = [\"CDN.example.\", \"*.img.example\", \"192.0.2.7\", \"nas\", \"Müller.example\", \"cdn.example\"]\n"), nil)
		require.NoError(t, err, kind)
		assert.Equal(t, []string{"cdn.example", "img.example", "192.0.2.7", "nas", "xn--mller-kva.example"}, s.StreamHosts)
	}
}

func TestAddressesMayBeWrittenAsInABrowser(t *testing.T) {
	for _, address := range []string{"https://x.test/live.m3u8?event=Grand Prix&token=abc", "https://x.test/Großer Preis.m3u", "https://x.test/100%.m3u?p=%zz",
		"https://Müller.example/a", "https:\\\\x.test\\a.m3u", "HTTPS://X.test/a", " https://x.test/a ", "https://x.test/a:b|c[1].m3u", "https:/x.test/a", "https://user:p%zz@x.test/"} {
		for _, kind := range []string{"m3u", "page", "browser"} {
			s, err := source.Parse("x.toml", []byte("kind = \""+kind+"\"\nurl = '"+address+"'\n"), nil)
			require.NoError(t, err, address)
			assert.Empty(t, s.Path, address)
		}
		_, err := source.Parse("x.toml", []byte("kind = \"direct\"\nstream = [{url = '"+address+"'}]\n"), nil)
		require.NoError(t, err, address)
	}
}
