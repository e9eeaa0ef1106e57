package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"

	"gridwall/backend/extract"
	"gridwall/backend/procgroup"
	"gridwall/backend/stream"
)

const (
	// killWait is how long to wait for the browser's output after its process group was killed.
	killWait = time.Second
	// removeFor is how long to retry removing the profile: dying processes may still write to it.
	removeFor = 2 * time.Second
	// errTail is how much of the end of its standard error is kept, in bytes.
	errTail = 8 << 10
	// profilePrefix is the prefix of each profile folder's name.
	profilePrefix = "gridwall-browser-"
	// profileAge is the age at which a profile left behind by a killed Gridwall is removed; no run takes this long.
	profileAge = time.Hour
)

// options are the browser's arguments. With them, the browser shows nothing, makes no sound, and connects only to the
// page's hosts and only through the proxy: --proxy-bypass-list removes the exception for loopback, QUIC and WebRTC would
// bypass the proxy, and host names are not resolved locally.
var options = []string{
	"--headless", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--no-startup-window",
	"--proxy-bypass-list=<-loopback>", "--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
	"--disable-extensions", "--disable-breakpad", "--disable-client-side-phishing-detection", "--disable-domain-reliability",
	"--metrics-recording-only", "--no-pings", "--no-service-autorun", "--password-store=basic", "--use-mock-keychain",
	// Pages on http are not upgraded to https: sources name the address that works.
	"--disable-features=Translate,MediaRouter,OptimizationHints,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable," +
		// To the browser, every host has the address of the proxy, which is local. The proxy applies the guard.
		"LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
	// Players may start without a click, and without a visible window.
	"--autoplay-policy=no-user-gesture-required", "--mute-audio", "--disable-background-timer-throttling",
	"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--window-size=1280,720",
	// /dev/shm is small in containers.
	"--disable-dev-shm-usage", "--disable-gpu",
}

// process is a running browser.
type process struct {
	*devtools
	name    string
	profile string
	end     func()
	exited  chan struct{}
	stderr  *extract.Tail
	// kill ends the browser and all processes that it started, removes its profile, and then returns.
	kill func() error
}

// launcher starts a browser: launch, or in tests a function that returns the same browser each time.
type launcher func(path, proxy string, onEvent func(target.SessionID, string, jsonv2.Value)) (*process, error)

// launch starts the browser at path with a fresh profile; its requests go through the proxy at proxy, and onEvent is
// called with each of its events.
func launch(path, proxy string, onEvent func(target.SessionID, string, jsonv2.Value)) (_ *process, err error) {
	p := &process{name: strings.TrimSuffix(filepath.Base(path), ".exe"), exited: make(chan struct{}), stderr: extract.NewTail(errTail)}
	if p.profile, err = newProfile(path); err != nil {
		return nil, fmt.Errorf("the browser's profile cannot be created: %w", err)
	}
	// files[0] and files[3] are the browser's ends, files[1] and files[2] those of devtools.
	var files [4]*os.File
	fail := func(err error) (*process, error) {
		for _, f := range files {
			if f != nil {
				f.Close()
			}
		}
		_ = os.RemoveAll(p.profile)
		return nil, fmt.Errorf("%s cannot be started: %s", p.name, plain(err))
	}
	if files[0], files[1], err = os.Pipe(); err != nil {
		return fail(err)
	}
	if files[2], files[3], err = os.Pipe(); err != nil {
		return fail(err)
	}
	args := append([]string{"--user-data-dir=" + p.profile, "--proxy-server=http://" + proxy}, options...)
	if isRoot() {
		// Chromium refuses to run as root with its sandbox. A user who runs Gridwall as root has chosen to, and a container
		// often has no other user.
		args = append(args, "--no-sandbox")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = p.stderr
	cmd.WaitDelay = killWait
	// Otherwise it leaves files in the user's own folders.
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+p.profile, "XDG_CACHE_HOME="+p.profile)
	if err := givePipes(cmd, files[0], files[3]); err != nil {
		cancel()
		return fail(err)
	}
	endGroup, err := procgroup.Start(cmd)
	if err != nil {
		cancel()
		return fail(err)
	}
	files[0].Close()
	files[3].Close()
	p.devtools = newDevtools(files[2], files[1], onEvent)
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // the exit status does not matter; disconnected reports the exit
	}()
	p.end = func() {
		endGroup()
		cancel()
		<-p.exited
		endGroup() // processes that it started while it was being killed
	}
	p.kill = p.endAndRemove
	return p, nil
}

// endAndRemove is the kill of a real browser.
func (p *process) endAndRemove() error {
	p.end()
	p.close()
	<-p.disconnected
	deadline := time.Now().Add(removeFor)
	for {
		err := os.RemoveAll(p.profile)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// newProfile creates the folder of a profile. A snap has a private /tmp, so its profile is created where it may write.
func newProfile(path string) (string, error) {
	parent := os.TempDir()
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(path, "/snap/") {
		if common := filepath.Join(home, "snap", "chromium", "common"); os.MkdirAll(common, 0o700) == nil {
			parent = common
		}
	}
	old, _ := filepath.Glob(filepath.Join(parent, profilePrefix+"*"))
	for _, folder := range old {
		if fi, err := os.Stat(folder); err == nil && time.Since(fi.ModTime()) > profileAge {
			_ = os.RemoveAll(folder)
		}
	}
	return os.MkdirTemp(parent, profilePrefix+"*")
}

// plain returns an error's text without its path.
func plain(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return stream.RedactText(err.Error())
}

// lastOutput returns the last line of standard error, without Chromium's prefix (process, time and source line).
func (p *process) lastOutput() string {
	lines := strings.Split(strings.TrimSpace(string(p.stderr.Bytes())), "\n")
	line := lines[len(lines)-1]
	if _, rest, ok := strings.Cut(line, "] "); ok && strings.HasPrefix(line, "[") {
		line = rest
	}
	return stream.RedactText(strings.Join(strings.Fields(line), " "))
}
