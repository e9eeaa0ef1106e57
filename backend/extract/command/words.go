package command

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// maxMessage is how much of a tool's output an error quotes, in bytes.
const maxMessage = 300

var (
	// escapes matches a terminal's escape sequences (ECMA-48, CSI and OSC).
	escapes = regexp.MustCompile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\^_])")
	// secretText matches secrets that tools print in clear: token=…, password: …
	secretText = regexp.MustCompile(`(?i)((?:token|passw(?:or)?d|secret|api[-_]?key|signature|sig|authorization|cookie|session(?:id)?)["']?\s*[=:]\s*)(?:bearer\s+)?[^\s,;&]+`)
	// secretOption matches options whose value errors must not show.
	secretOption = regexp.MustCompile(`(?i)^--?(?:.*(?:passw|token|secret|header|auth|api-?key|username|http-cookie|video-password).*|[pu])$`)
	// reportRequest matches the request to report a bug that yt-dlp appends to many errors.
	reportRequest = regexp.MustCompile(`(?i)[;.,]?\s+(?:please report this issue on|confirm you are on the latest version|see\s+https?://\S+\s+on how).*$`)
)

// secretsOf returns the values of secret options.
func secretsOf(args []string) (out []string) {
	for i, a := range args {
		name, value, joined := strings.Cut(a, "=")
		switch {
		case !secretOption.MatchString(name):
		case joined:
			out = append(out, value)
		case i+1 < len(args):
			out = append(out, args[i+1])
		}
	}
	const least = 3 // redacting shorter values would garble ordinary words
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < least })
}

// clean returns a tool's message for use in an error: on one line, without escape sequences, URLs' queries, and secrets.
func (t *tool) clean(words string) string {
	words = escapes.ReplaceAllString(words, "")
	for _, s := range t.secrets {
		words = strings.ReplaceAll(words, s, "…")
	}
	words = stream.RedactText(reportRequest.ReplaceAllString(words, ""))
	words = extract.CleanTitle(secretText.ReplaceAllString(words, "$1…"))
	if len(words) > maxMessage {
		words = strings.ToValidUTF8(words[:maxMessage], "") + "…"
	}
	return words
}

// lastLine returns the last line of text that is not blank. A carriage return ends a line, too, as in progress output.
func lastLine(text []byte) string {
	for _, line := range slices.Backward(bytes.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })) {
		if s := strings.TrimSpace(escapes.ReplaceAllString(string(line), "")); s != "" {
			return s
		}
	}
	return ""
}

// errorWord matches lines that report an error.
var errorWord = regexp.MustCompile(`(?i)\berrors?\b|\b\w*(?:Error|Exception)\b`)

// errorLine returns the last line of a tool's output that reports an error, "" if there is none. If the output contains a
// Python traceback, that is its very last line.
func errorLine(text []byte) string {
	if bytes.Contains(text, []byte("Traceback (most recent call last)")) {
		return lastLine(text)
	}
	for _, line := range slices.Backward(bytes.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })) {
		if !isJSONLine(line) && errorWord.Match(line) {
			return strings.TrimSpace(escapes.ReplaceAllString(string(line), ""))
		}
	}
	return ""
}

// isJSONLine reports whether a line is blank or looks like a part of JSON.
func isJSONLine(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || strings.IndexByte(`{}]"`, line[0]) >= 0 || bytes.HasPrefix(line, []byte("[{")) || bytes.HasPrefix(line, []byte(`["`)) || string(line) == "["
}

// lastMessage returns a tool's last message, on standard error or standard output; preferably an error.
func lastMessage(r result) string {
	out := extract.PlainText(r.out)
	if len(out) > errTail {
		out = out[len(out)-errTail:]
	}
	message := lastLine(out)
	if isJSONLine([]byte(message)) {
		message = ""
	}
	return cmp.Or(errorLine(r.errTail), errorLine(out), lastLine(r.errTail), message)
}

// message returns line cleaned, and without the prefix that tools put before an error.
func (t *tool) message(line string) string {
	line = strings.TrimPrefix(t.clean(line), t.name+": ")
	for _, prefix := range []string{"ERROR: ", "error: "} {
		line = strings.TrimPrefix(line, prefix)
	}
	return line
}

// failed returns the error of a tool that exited with a non-zero status. message is the tool's own; if it is "", the last
// message of the output is used.
func (t *tool) failed(r result, message string) error {
	if message == "" {
		message = lastMessage(r)
	}
	message = t.message(message)
	how := fmt.Sprintf("exit status %d", r.status)
	if r.status < 0 {
		how = t.clean(r.err.Error()) // "signal: killed"
	}
	if message == "" {
		return fmt.Errorf("%s failed without a message (%s)", t.name, how)
	}
	return fmt.Errorf("%s: %s (%s)", t.name, message, how)
}

// wrongFormat returns the error for an output that is not in the source's format.
func (t *tool) wrongFormat(err error, r result) error {
	if extract.IsMarkup(r.out) {
		if kind := extract.Markup(r.out); kind != extract.WebPage {
			return fmt.Errorf("%s printed %s where %s was expected", t.name, kind, expected[t.src.Format])
		}
		return fmt.Errorf("%s printed %w where %s was expected", t.name, extract.ErrWebPage, expected[t.src.Format])
	}
	if len(bytes.TrimSpace(r.out)) == 0 {
		if last := t.clean(lastLine(r.errTail)); last != "" {
			return fmt.Errorf("%w: %s printed nothing; its last output: %s", stream.ErrNoStreams, t.name, last)
		}
		return fmt.Errorf("%w: %s printed nothing", stream.ErrNoStreams, t.name)
	}
	if message := t.message(errorLine(extract.PlainText(r.out))); message != "" {
		return fmt.Errorf("%s: %s", t.name, message)
	}
	return fmt.Errorf("%s printed no %s: %s", t.name, expected[t.src.Format], t.clean(err.Error()))
}

// expected names the output of each format in errors.
var expected = map[string]string{
	"yt-dlp": "JSON of yt-dlp -J", "streamlink": "JSON of streamlink --json", "json": "JSON", "lines": "list of addresses",
}

// notFound returns the error for a missing program, which says how to install it.
func (t *tool) notFound(err error) error {
	path := t.src.Command[0]
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s cannot be run: it is not executable (chmod +x)", path)
	case errors.Is(err, exec.ErrDot):
		return fmt.Errorf("%s was found only in the current folder; write its full path", t.name)
	}
	switch strings.ToLower(t.name) {
	case "yt-dlp":
		return errors.New("yt-dlp is not installed: apt install yt-dlp, brew install yt-dlp, winget install yt-dlp, " +
			"or see https://github.com/yt-dlp/yt-dlp/wiki/Installation; if it is installed elsewhere, write its full path into command")
	case "streamlink":
		return errors.New("streamlink is not installed: apt install streamlink, brew install streamlink, winget install streamlink, " +
			"or see https://streamlink.github.io/install.html; if it is installed elsewhere, write its full path into command")
	}
	if path != t.name {
		return fmt.Errorf("%s was not found", path)
	}
	return fmt.Errorf("%s was not found: install it, or write its full path into command", t.name)
}

// notStarted returns the error for a program that the system could not start.
func (t *tool) notStarted(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s could not be started: %s", t.name, t.clean(err.Error()))
}

// checkOptions checks that the well-known tools have their required options.
func checkOptions(src source.Source) error {
	tool := strings.ToLower(newTool(src).name)
	args := src.Command[1:]
	switch {
	case (tool == "yt-dlp" || tool == "youtube-dl") && src.Format == "yt-dlp":
		if !slices.ContainsFunc(args, func(a string) bool {
			return strings.HasPrefix(a, "--dump-") || strings.HasPrefix(a, "--print-json") || isShort(a) && strings.ContainsAny(a, "Jj")
		}) {
			return src.Errorf("command", `command lacks "-J", without which %s downloads instead of printing the streams`, tool)
		}
	case tool == "streamlink" && src.Format == "streamlink":
		if !slices.ContainsFunc(args, func(a string) bool { return a == "--json" || isShort(a) && strings.Contains(a, "j") }) {
			return src.Errorf("command", `command lacks "--json", without which streamlink prints no list`)
		}
	}
	return nil
}

// isShort reports whether arg is a short option, alone or combined: -J, -qJ.
func isShort(arg string) bool { return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' }
