package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"gridwall/backend/stream"
)

// Exit codes of the program.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // wrong flags, wrong configuration
)

// logVariable is the environment variable that sets the log level: debug, info, warn or error.
const logVariable = "GRIDWALL_LOG"

// commands is the grammar of the command line.
type commands struct {
	shellCommands
	Extract  extractCommand  `cmd:"" help:"Run the sources once and print the streams they list. Opens no database."`
	Schedule scheduleCommand `cmd:"" help:"Print the calendar. Opens no database."`
	Doctor   doctorCommand   `cmd:"" help:"Check configuration, sources, database and network, and say how to fix what is wrong."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// folders are the flags for Gridwall's folders.
type folders struct {
	Config string `placeholder:"DIR" help:"The folder of config.toml and sources/*.toml; by default $XDG_CONFIG_HOME/gridwall (~/.config/gridwall)."`
	Data   string `placeholder:"DIR" help:"The folder of gridwall.db; by default $XDG_DATA_HOME/gridwall (~/.local/share/gridwall)."`
}

// process is a command's view of its process.
type process struct {
	ctx            context.Context
	stdout, stderr io.Writer
	log            *slog.Logger
	version        string
}

// usageError is a mistake of the user who started the program: wrong flags or a wrong configuration.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errReported is returned by a command that has already printed what went wrong.
var errReported = errors.New("reported")

// exited is the value of the panic that replaces kong's exit after --help.
type exited int

// Main runs the program, and returns its exit code. It prints an error as one line on stderr.
func Main(args []string, version string, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// After the first signal, restore the default: a second one ends the program at once.
	defer context.AfterFunc(ctx, stop)()

	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	log, err := newLog(stderr)
	if err == nil {
		p := &process{ctx: ctx, stdout: stdout, stderr: stderr, log: log, version: versionText(version)}
		err = run(p, args)
	}
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		code = exitUsage
	default:
		code = exitFailed
	}
	if !errors.Is(err, errReported) {
		fmt.Fprintln(stderr, "gridwall: "+stream.OneLine(err))
	}
	return code
}

func run(p *process, args []string) error {
	var grammar commands
	parser, err := kong.New(&grammar,
		kong.Name("gridwall"),
		kong.Description("Live motorsport feeds that keep playing while their tokens expire."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(p),
	)
	if err != nil {
		return err
	}
	parser.Model.HelpFlag.Help = "Show this help."
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help") // "gridwall help serve" is "gridwall serve --help"
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return &usageError{fmt.Errorf("%s; gridwall --help lists the commands and flags", parseError(err))}
	}
	return parsed.Run()
}

// parseError returns kong's error without the words of its scanner.
func parseError(err error) string {
	text := err.Error()
	if flag, _, missing := strings.Cut(text, `: expected string value but got "EOL"`); missing {
		return flag + " needs a value"
	}
	return text
}

// quietLog returns the log for a command that prints errors itself: it logs at level error, or at the level in logVariable.
func (p *process) quietLog() *slog.Logger {
	if os.Getenv(logVariable) != "" {
		return p.log
	}
	return textLog(p.stderr, slog.LevelError)
}

// textLog returns a log that writes text to w, without tokens.
func textLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: stream.RedactAttr}))
}

// newLog returns a log that writes text to w at the level of logLevel.
func newLog(w io.Writer) (*slog.Logger, error) {
	level, err := logLevel()
	if err != nil {
		return nil, err
	}
	return textLog(w, level), nil
}

// logLevel returns the level in logVariable, by default info.
func logLevel() (slog.Level, error) {
	level := slog.LevelInfo
	if v := os.Getenv(logVariable); v != "" {
		if err := level.UnmarshalText([]byte(v)); err != nil {
			return level, &usageError{fmt.Errorf("%s=%q is not a level; write debug, info, warn or error", logVariable, v)}
		}
	}
	return level, nil
}

// versionText returns the version, or "development" with the commit if the build has none.
func versionText(version string) string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+"
		}
	}
	if revision == "" {
		return "development"
	}
	return "development-" + revision + modified
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, "gridwall "+p.version)
	return err
}
