package desktop

import (
	"bufio"
	"os"
	"strings"
)

// packages are the names of what has to be installed, by the program that installs it.
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

// same is a package that bears one name everywhere.
func same(name string) packages {
	return packages{"apt": name, "dnf": name, "pacman": name, "zypper": name, "apk": name}
}

// installers are the commands that install packages.
var installers = map[string]string{
	"apt": "sudo apt install ", "dnf": "sudo dnf install ", "pacman": "sudo pacman -S ", "zypper": "sudo zypper install ", "apk": "sudo apk add ",
}

// families tells which program installs packages on a distribution, by the names in /etc/os-release.
var families = map[string]string{
	"debian": "apt", "ubuntu": "apt", "linuxmint": "apt", "fedora": "dnf", "rhel": "dnf", "centos": "dnf",
	"arch": "pacman", "manjaro": "pacman", "suse": "zypper", "opensuse": "zypper", "alpine": "apk",
}

// installer is the program that installs packages on the system that an os-release file describes; "" where it names
// none that is known.
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

// installHint is the command that installs, or, on a system that is not known, the packages as Debian calls them. It
// comes last in a sentence that has no full stop, so that it can be copied.
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
	return "what Debian calls " + p["apt"]
}
