package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// ErrNone is returned if no browser is found. Errors that wrap it say how to fix that.
var ErrNone = errors.New("no Chromium or Chrome found on this machine")

// names are the programs' names in PATH.
var names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "brave-browser",
}

// Find returns the path of this machine's browser: given if it is not "", otherwise the first of Chromium, Chrome and
// their derivatives, in PATH and in the usual places. Its error wraps ErrNone.
func Find(given string) (string, error) {
	if given != "" {
		path, err := exec.LookPath(given)
		if err != nil {
			return "", fmt.Errorf("%w: GRIDWALL_BROWSER is %s, which is not a program; correct it or unset it", ErrNone, given)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	for _, path := range places() {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%w: %s", ErrNone, advice())
}

func advice() string {
	if runtime.GOOS == "linux" {
		return "install chromium (on Debian and Ubuntu: apt install chromium), or set GRIDWALL_BROWSER to its path"
	}
	return "install Chrome or Chromium, or set GRIDWALL_BROWSER to its path"
}

// places returns the usual locations outside PATH; programs started from a desktop's menu have a short PATH.
func places() (out []string) {
	switch runtime.GOOS {
	case "darwin":
		folders := []string{"/Applications"}
		if home, err := os.UserHomeDir(); err == nil {
			folders = append(folders, filepath.Join(home, "Applications"))
		}
		for _, name := range []string{"Chromium", "Google Chrome", "Microsoft Edge", "Brave Browser"} {
			for _, folder := range folders {
				out = append(out, filepath.Join(folder, name+".app", "Contents", "MacOS", name))
			}
		}
	case "windows":
		for _, program := range []string{`Chromium\Application\chrome.exe`, `Google\Chrome\Application\chrome.exe`,
			`Microsoft\Edge\Application\msedge.exe`, `BraveSoftware\Brave-Browser\Application\brave.exe`} {
			for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
				if folder := os.Getenv(variable); folder != "" {
					out = append(out, filepath.Join(folder, program))
				}
			}
		}
	default:
		for _, folder := range []string{"/usr/local/bin", "/usr/bin", "/snap/bin", "/var/lib/flatpak/exports/bin"} {
			for _, name := range append(names, "org.chromium.Chromium", "com.google.Chrome") {
				out = append(out, filepath.Join(folder, name))
			}
		}
		out = append(out, "/opt/google/chrome/chrome")
	}
	return out
}
