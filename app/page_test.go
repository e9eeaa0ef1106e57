package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/server"
	"gridwall/internal/testserver"
)

func TestWithoutABuiltUIThePageSaysHowToBuildItAndGivesTheAddresses(t *testing.T) {
	c := testserver.NewCDN(t)
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source(), "broken": "kind = \"direkt\"\n"})
	a := builtOn(t, h)
	a.Start()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, err := server.New(server.Options{API: a.api, Playback: a.proxy, Version: "test", Log: slog.New(slog.DiscardHandler)}, listener)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		assert.NoError(t, <-ended)
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var page string
	require.Eventually(t, func() bool {
		res, err := client.Get(s.URL() + "/")
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		page = string(text)
		return strings.Contains(page, "plays · ")
	}, wait, 20*time.Millisecond)
	assert.Contains(t, page, "build/run")
	assert.Contains(t, page, "World feed")
	assert.Contains(t, page, s.URL()+"/hls/"+a.extracts.Streams()[0].ID+"/index.m3u8")
	assert.Contains(t, page, "direkt", "what is wrong with a source")
	assert.NotContains(t, page, "token=", "no upstream URL")
	assert.NotContains(t, page, c.URL)
}
