package desktop

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// codec is one thing that playing needs, and the GStreamer plugins of which any one brings it.
type codec struct {
	name    string
	plugins []string
}

// neededCodecs is what WebKitGTK needs to play feeds: it plays with GStreamer, whose plugins are packages of their
// own. A webview of Windows or macOS brings its codecs along.
var neededCodecs = []codec{
	{"H.264", []string{"libav", "openh264", "va", "vaapi", "v4l2codecs", "nvcodec", "msdk", "qsv", "omx", "androidmedia"}},
	{"AAC", []string{"libav", "faad", "fdkaac", "voaacdec"}},
	{"MP4", []string{"isomp4"}},
	{"the parser of H.264", []string{"videoparsersbad"}},
	{"the sound output", []string{"autodetect"}},
}

// codecs is what the machine lacks to play.
type codecs struct {
	mu       sync.Mutex
	lacking  []string
	reported bool // by the webview itself
}

// lack says in words what is missing and how to install it; "" where nothing is.
func (c *codecs) lack() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lacking) == 0 {
		return ""
	}
	return "The webview lacks " + list(c.lacking) + ". Install that, and start Gridwall again: " + installHint(codecPackages)
}

// report takes what the webview says. It returns true where that is news that somebody must be told.
func (c *codecs) report(h264, aac bool) (news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := len(c.lacking) > 0 || c.reported
	c.reported, c.lacking = true, nil
	if !h264 {
		c.lacking = append(c.lacking, "H.264")
	}
	if !aac {
		c.lacking = append(c.lacking, "AAC")
	}
	return len(c.lacking) > 0 && !known
}

// lackingCodecs looks for the plugins in the folders. Where there is no folder at all, as on systems that keep them
// elsewhere, it says nothing: the webview will.
func lackingCodecs(folders []string) (out []string) {
	have := map[string]bool{}
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if name, ok := strings.CutPrefix(e.Name(), "libgst"); ok && strings.HasSuffix(name, ".so") {
				have[strings.TrimSuffix(name, ".so")] = true
			}
		}
	}
	if len(have) == 0 {
		return nil
	}
next:
	for _, c := range neededCodecs {
		for _, p := range c.plugins {
			if have[p] {
				continue next
			}
		}
		out = append(out, c.name)
	}
	return out
}

// pluginFolders lists where GStreamer looks for plugins on Linux, and distributions put them.
func pluginFolders() []string {
	if runtime.GOOS != "linux" {
		return nil
	}
	var out []string
	for _, v := range []string{"GST_PLUGIN_PATH_1_0", "GST_PLUGIN_PATH", "GST_PLUGIN_SYSTEM_PATH_1_0", "GST_PLUGIN_SYSTEM_PATH"} {
		out = append(out, filepath.SplitList(os.Getenv(v))...)
	}
	if home, err := os.UserHomeDir(); err == nil {
		out = append(out, filepath.Join(home, ".local/share/gstreamer-1.0/plugins"))
	}
	out = append(out, "/usr/lib64/gstreamer-1.0", "/usr/lib/gstreamer-1.0", "/usr/local/lib/gstreamer-1.0", "/app/lib/gstreamer-1.0")
	multiarch, err := filepath.Glob("/usr/lib/*-linux-gnu*/gstreamer-1.0") // Debian's
	if err == nil {
		out = append(out, multiarch...)
	}
	return out
}

// list joins words as one says them: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
