package stream

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheLogNeverShowsATokenOfItsCallers(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	const address = "https://cdn.test/a.m3u8?token=" + secret
	parsed, err := url.Parse(address)
	assert.NoError(t, err)
	var out strings.Builder
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: RedactAttr}))
	log.Error("refused "+address, "error", fmt.Errorf("run: %w", &url.Error{Op: "Get", URL: address, Err: errors.New("EOF")}), "url", address,
		"parsed", parsed, "headers", map[string][]string{"Cookie": {"sid=" + secret}, "X-Token": {secret}}, "args", []string{"--password", secret}, "n", 7)
	log.WithGroup("upstream").With("at", address).Debug("asked", slog.Group("request", "url", address))
	assert.NotContains(t, out.String(), secret)
	for _, part := range []string{"level=ERROR", "level=DEBUG", "n=7", "https://cdn.test/a.m3u8?…", "upstream.request.url="} {
		assert.Contains(t, out.String(), part)
	}
}
