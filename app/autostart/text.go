package autostart

import (
	"encoding/xml"
	"strings"
)

// name is the name of the entry on all systems.
const name = "Gridwall"

// label is the entry's name among all programs' on macOS.
const label = "io.github.gridwall.Gridwall"

// mark is the line by which our own entry is known.
const mark = "X-Gridwall-Autostart=true"

// desktopEntry returns the entry as the XDG autostart folder wants it.
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

// execLine returns a command as the key Exec wants it (Desktop Entry Specification, "The Exec key"): quoted, then escaped
// once more as any string of the file is.
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

// values returns the keys of an entry's main group.
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

// launchAgent returns the entry as macOS wants it.
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
