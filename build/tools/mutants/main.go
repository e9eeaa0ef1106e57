// Command mutants shows that each mechanism which keeps a stream playing, and each guard against an attack, has a test that
// fails without it: it switches them off one at a time, in a copy, and runs the test that must fail.
//
//	go run ./build/tools/mutants            all mutants
//	go run ./build/tools/mutants cookie     those whose name matches a regular expression
//	go run ./build/tools/mutants finding    only the guards; "finding 8": those of one finding
//	go run ./build/tools/mutants -check     only checks that every text to be replaced still occurs in its file exactly once
//
// All mutants are built together, once for each test package, and switched on one at a time by an environment variable (switch.go). The
// source files are not changed (go build -overlay).
//
// It prints a table, and exits with 1 if a mutant survived: its test passed although the mechanism was off. build/test runs it; -check is
// also an ordinary test.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// programVariable is the path of the program for the end-to-end tests (internal/testprogram), mediaVariable that of the folder for
	// their media.
	programVariable = "GRIDWALL_BINARY"
	mediaVariable   = "GRIDWALL_TEST_MEDIA"
	// testTimeout limits one run of a test: without the guard, an attack may not end. playTimeout is for tests that play in real
	// time.
	testTimeout = 25 * time.Second
	playTimeout = 2 * time.Minute
	endToEnd    = "./app/e2e"
)

// The verdicts on a mutant.
const (
	killed   = "killed"
	survived = "SURVIVED"
)

// outcome is the result of one mutant.
type outcome struct {
	verdict string
	note    string // the failure that killed it, or why there is no verdict
	took    time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.Bool("check", false, "run nothing; check that every text to be replaced still occurs in its file exactly once")
	// More than processors, because tests that play in real time mostly wait.
	atOnce := flag.Int("parallel", 8, "how many tests run at the same time")
	flag.Parse()
	do := func(ctx context.Context, word string) error { return run(ctx, word, *atOnce) }
	if *only {
		do = func(context.Context, string) error { return check(".") }
	}
	if err := do(ctx, strings.Join(flag.Args(), " ")); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// check returns the edits that cannot be made in the repository at root.
func check(root string) error {
	var all []error
	s := newSwitched(root)
	for i, m := range mutants() {
		if err := s.add(i, m); err != nil {
			all = append(all, fmt.Errorf("%s: %w", m.name, err))
		}
	}
	return errors.Join(all...)
}

func run(ctx context.Context, word string, atOnce int) error {
	dir, err := os.MkdirTemp("", "gridwall-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := os.Stat("go.mod"); err != nil {
		return fmt.Errorf("run it in the repository's root: %w", err)
	}
	name, err := regexp.Compile(word)
	if err != nil {
		return err
	}
	var chosen []mutant
	for _, m := range mutants() {
		if name.MatchString(m.name) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no mutant's name matches %q", word)
	}
	began := time.Now()
	b, err := buildAll(ctx, chosen, dir)
	if err != nil {
		return err
	}
	fmt.Printf("built %d test programs in %.0f s\n", len(b.tests), time.Since(began).Seconds())
	outcomes := make([]chan outcome, len(chosen))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	slots := make(chan struct{}, atOnce)
	go func() {
		for i, m := range chosen {
			slots <- struct{}{}
			go func() {
				begun := time.Now()
				o := b.try(ctx, strconv.Itoa(i), m)
				o.took = time.Since(begun)
				<-slots
				outcomes[i] <- o
			}()
		}
	}()
	bad := 0
	fmt.Printf("%-58s %-9s %3s  %s\n", "switched off", "", "s", "the test, and its failure")
	for i, m := range chosen {
		o := <-outcomes[i]
		if o.verdict != killed {
			bad++
		}
		fmt.Printf("%-58s %-9s %3.0f  %s: %s\n", m.name, o.verdict, o.took.Seconds(), m.test, o.note)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d were not killed", bad, len(chosen))
	}
	fmt.Printf("all %d killed in %.0f s\n", len(chosen), time.Since(began).Seconds())
	return nil
}

// files returns the files that the mutant changes, by path, before and after its edits.
func (m mutant) files(root string) (before, after map[string]string, err error) {
	file := m.file
	before, after = map[string]string{}, map[string]string{}
	for _, e := range m.edits {
		if e.old == "" {
			file = e.new
			continue
		}
		text, ok := after[file]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				return nil, nil, err
			}
			text = string(b)
			before[file] = text
		}
		if n := strings.Count(text, e.old); n != 1 {
			return nil, nil, fmt.Errorf("%s contains %d times, not once: %q", file, n, e.old)
		}
		after[file] = strings.Replace(text, e.old, e.new, 1)
	}
	return before, after, nil
}

// overlay writes the files and an overlay file that replaces the originals with them, and returns its path.
func overlay(dir string, files map[string]string) (string, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		original, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		mutated := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(mutated, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[original] = mutated
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, list, 0o600)
}

// built holds the programs that contain all mutants.
type built struct {
	tests map[string]string // the test program of each package
	env   []string          // for all of them
}

// buildAll builds the test programs of the chosen mutants, and for the end-to-end tests the program itself.
func buildAll(ctx context.Context, chosen []mutant, dir string) (*built, error) {
	s := newSwitched(".")
	b := &built{tests: map[string]string{}}
	var packages []string
	for i, m := range chosen {
		if err := s.add(i, m); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		if pkg, _ := m.where(); !slices.Contains(packages, pkg) {
			packages = append(packages, pkg)
		}
	}
	together, err := overlay(filepath.Join(dir, "switched"), s.texts())
	if err != nil {
		return nil, err
	}
	program := filepath.Join(dir, "gridwall")
	media := filepath.Join(dir, "media")
	b.env = append(os.Environ(), programVariable+"="+program, mediaVariable+"="+media)
	if slices.Contains(packages, endToEnd) {
		if err := command(ctx, "go", "build", "-overlay", together, "-o", program, "."); err != nil {
			return nil, err
		}
		if err := os.Mkdir(media, 0o755); err != nil {
			return nil, err
		}
	}
	for _, pkg := range packages {
		test := filepath.Join(dir, strings.ReplaceAll(strings.TrimPrefix(pkg, "./"), "/", "_")+".test")
		if err := command(ctx, "go", "test", "-c", "-vet=off", "-overlay", together, "-o", test, pkg); err != nil {
			return nil, err
		}
		b.tests[pkg] = test
	}
	if test := b.tests[endToEnd]; test != "" {
		// A run without tests makes the media for all others.
		made := exec.CommandContext(ctx, test, "-test.run", "^$")
		made.Dir, made.Env = endToEnd, b.env
		if out, err := made.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("the end-to-end tests do not start: %w: %s", err, out)
		}
	}
	return b, nil
}

// command runs a command; its error contains the output.
func command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}

// try runs the test of the mutant with number on, which must fail.
func (b *built) try(ctx context.Context, on string, m mutant) outcome {
	pkg, test := m.where()
	wait := testTimeout
	if pkg == endToEnd {
		wait = playTimeout
	}
	timed, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	cmd := exec.CommandContext(timed, b.tests[pkg], "-test.run", "^"+test, "-test.failfast")
	cmd.Dir = pkg
	cmd.Env = append(slices.Clone(b.env), switchVariable+"="+on)
	cmd.WaitDelay = time.Second // programs that it started may keep its output open
	raw, failed := cmd.CombinedOutput()
	out := string(raw)
	switch {
	case ctx.Err() != nil:
		return outcome{verdict: "ERROR", note: ctx.Err().Error()}
	case timed.Err() != nil:
		return outcome{verdict: killed, note: fmt.Sprintf("it did not end within %s", wait)}
	case strings.Contains(out, "no tests to run"):
		return outcome{verdict: "ERROR", note: "there is no such test"}
	case failed == nil:
		return outcome{verdict: survived, note: "passed"}
	case !strings.Contains(out, "--- FAIL") && !strings.Contains(out, "panic: ") && !strings.Contains(out, "fatal error: "):
		return outcome{verdict: "ERROR", note: fmt.Sprintf("the test did not run: %.2000s", strings.Join(strings.Fields(out), " "))}
	}
	return outcome{verdict: killed, note: complaint(out)}
}

// messageLine matches a message of a failed test, testifyLine the line in which testify describes a failure.
var (
	messageLine = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.*)$`)
	testifyLine = regexp.MustCompile(`(?m)^\s+Error:\s+(.*)$`)
)

// complaint returns the first message of a test that reads like a failure.
func complaint(out string) string {
	const longest = 110
	for _, match := range messageLine.FindAllStringSubmatch(out, -1) {
		line := match[1]
		for _, word := range failures {
			if strings.Contains(line, word) {
				return line[:min(len(line), longest)]
			}
		}
	}
	if match := testifyLine.FindStringSubmatch(out); match != nil {
		return match[1][:min(len(match[1]), longest)]
	}
	return "failed"
}

// failures are words in the failure messages of the tests.
var failures = []string{
	"says:", "a player was answered", "nothing came for", "a viewer would have", "is none of", "is not a packet of", "goes from packet", "was fetched",
	"not within", "were played", "has gaps", "requests under", "the numbers were", "is not the key", "was asked only", "does not decrypt",
	"had a discontinuity", "times as long", " take ", "is passed on as",
}
