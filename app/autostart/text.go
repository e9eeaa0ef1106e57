package autostart

import (
	"encoding/xml"
	"strings"
)

// name is the entry's name for users, and its key in Windows' registry.
const name = "Gridwall"

// label is the entry's unique name on macOS, and the icon's name on Linux.
const label = "io.github.gridwall.Gridwall"

// mark is a line that only Gridwall's own entry contains.
const mark = "X-Gridwall-Autostart=true"

// desktopEntry returns the text of the entry for the XDG autostart folder.
func desktopEntry(command []string) string {
	return strings.Join([]string{
		"[Desktop Entry]",
		"Type=Application",
		"Name=" + name,
		"Comment=Live motorsport feeds side by side",
		"Icon=" + label,
		"Exec=" + execLine(command),
		"Terminal=false",
		"StartupNotify=false",
		mark,
		"",
	}, "\n")
}

// execLine returns the value of the key Exec for a command (Desktop Entry Specification, "The Exec key"): quoted, then escaped
// like any string of the file.
func execLine(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		arg = strings.ReplaceAll(arg, "%", "%%")
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'\\><~|&;$*?#()`") {
			arg = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg) + `"`
		}
		quoted[i] = arg
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(strings.Join(quoted, " "))
}

// values returns the keys and values of an entry's main group.
func values(entry string) map[string]string {
	out := map[string]string{}
	main := false
	for line := range strings.SplitSeq(entry, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			main = line == "[Desktop Entry]"
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && main {
			out[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return out
}

// launchAgent returns the text of the entry for macOS, a property list.
func launchAgent(command []string) string {
	var b strings.Builder
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + label + `</string>
	<key>ProgramArguments</key>
	<array>
`)
	for _, arg := range command {
		b.WriteString("\t\t<string>")
		_ = xml.EscapeText(&b, []byte(arg)) // a Builder never fails
		b.WriteString("</string>\n")
	}
	b.WriteString(`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`)
	return b.String()
}
