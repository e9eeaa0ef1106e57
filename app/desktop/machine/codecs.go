package machine

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// codec is something that playback needs. Any of the GStreamer plugins provides it.
type codec struct {
	name    string
	plugins []string
}

// neededCodecs are the codecs that WebKitGTK needs to play streams: it uses GStreamer, whose plugins are separate packages. The
// webviews of Windows and macOS have codecs built in.
var neededCodecs = []codec{
	{"H.264", []string{"libav", "openh264", "va", "vaapi", "v4l2codecs", "nvcodec", "msdk", "qsv", "omx", "androidmedia"}},
	{"AAC", []string{"libav", "faad", "fdkaac", "voaacdec"}},
	{"MP4", []string{"isomp4"}},
	{"the parser of H.264", []string{"videoparsersbad"}},
	{"the sound output", []string{"autodetect"}},
}

// Codecs holds which codecs are missing on this machine. It is safe for concurrent use.
type Codecs struct {
	mu       sync.Mutex
	lacking  []string
	reported bool // whether the webview has reported its codecs
}

// NewCodecs returns a Codecs with the codecs that GStreamer lacks on this machine.
func NewCodecs() *Codecs { return &Codecs{lacking: lackingCodecs(pluginFolders())} }

// Lack returns a text about what is missing and how to install it; "" if nothing is.
func (c *Codecs) Lack() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lacking) == 0 {
		return ""
	}
	return "The webview lacks " + list(c.lacking) + ". Install the missing parts, then restart Gridwall: " + installHint(codecPackages)
}

// Report sets the codecs that the webview itself reports. It returns true if something is missing that was not known before.
func (c *Codecs) Report(h264, aac bool) (isNew bool) {
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

// lackingCodecs returns the codecs for which the folders contain no plugin. If they contain no plugins at all, as on systems that
// have them elsewhere, it returns nil: then the webview's own report decides.
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

// pluginFolders returns the folders where GStreamer looks for plugins on Linux, and where distributions install them.
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

// list joins words: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// packages are the names of the packages to install, by package manager.
type packages map[string]string

var (
	codecPackages = packages{
		"apt":    "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav",
		"dnf":    "gstreamer1-plugins-good gstreamer1-plugins-bad-free gstreamer1-plugin-openh264 gstreamer1-plugin-libav",
		"pacman": "gst-plugins-good gst-plugins-bad gst-libav",
		"zypper": "gstreamer-plugins-good gstreamer-plugins-bad gstreamer-plugins-libav",
		"apk":    "gst-plugins-good gst-plugins-bad gst-libav",
	}
	openerPackages = same("xdg-utils")
)

// same returns a package with the same name for all package managers.
func same(name string) packages {
	return packages{"apt": name, "dnf": name, "pacman": name, "zypper": name, "apk": name}
}

// installers are the commands that install packages.
var installers = map[string]string{
	"apt": "sudo apt install ", "dnf": "sudo dnf install ", "pacman": "sudo pacman -S ", "zypper": "sudo zypper install ", "apk": "sudo apk add ",
}

// families are the package managers of distributions, by their names in /etc/os-release.
var families = map[string]string{
	"debian": "apt", "ubuntu": "apt", "linuxmint": "apt", "fedora": "dnf", "rhel": "dnf", "centos": "dnf",
	"arch": "pacman", "manjaro": "pacman", "suse": "zypper", "opensuse": "zypper", "alpine": "apk",
}

// installer returns the package manager of the system that an os-release file describes; "" if it is unknown.
func installer(osRelease string) string {
	var id, like string
	lines := bufio.NewScanner(strings.NewReader(osRelease))
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		value = strings.ToLower(strings.Trim(value, `"'`))
		switch key {
		case "ID":
			id = value
		case "ID_LIKE":
			like = value
		}
	}
	for _, name := range append([]string{id}, strings.Fields(like)...) {
		if p := families[name]; p != "" {
			return p
		}
		if strings.HasPrefix(name, "opensuse") {
			return "zypper"
		}
	}
	return ""
}

// installHint returns the command that installs p or, on an unknown system, the names of the packages in Debian. Texts end with it,
// without a full stop, so that it can be copied.
func installHint(p packages) string {
	text, err := os.ReadFile("/etc/os-release")
	if err != nil {
		text, _ = os.ReadFile("/usr/lib/os-release")
	}
	return hintFor(p, installer(string(text)))
}

func hintFor(p packages, by string) string {
	if names := p[by]; names != "" {
		return installers[by] + names
	}
	return "the packages that are called " + p["apt"] + " in Debian"
}
