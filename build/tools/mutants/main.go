// Command mutants shows that each mechanism which keeps a stream playing, and each guard against an attack, has a test that
// fails without it: it switches one after the other off, in a copy, and runs the test that must notice.
//
//	go run ./build/tools/mutants            all of them; some forty minutes on two cores
//	go run ./build/tools/mutants cookie     those whose name matches a regular expression
//	go run ./build/tools/mutants finding    the guards alone; "finding 8" those of one finding
//	go run ./build/tools/mutants -check     runs nothing: every text that would be replaced still stands in its file once
//
// Most of them are built together, and switched on one at a time by a variable (switch.go).
//
// It prints a table and ends with 1 where a mutant survived: its test passed although the mechanism was off. The tree
// is not touched (go build -overlay). build/test does not run it, except for the check, which is an ordinary test.
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
	"strconv"
	"strings"
	"time"
)

const (
	// overlayVariable names the overlay to the end-to-end tests, which build the program with it.
	overlayVariable = "GRIDWALL_OVERLAY"
	// testTimeout bounds one run of one test. Without its guard an attack may well not end by itself.
	testTimeout = "4m"
)

// What can come of a mutant.
const (
	killed   = "killed"
	survived = "SURVIVED"
)

// outcome is what came of one mutant.
type outcome struct {
	verdict string
	note    string // by what it was killed, or why nothing can be said
	took    time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.Bool("check", false, "run nothing; look whether every text that would be replaced still stands in its file once")
	// One that plays in real time waits more than it works; one that measures memory or processor time must run alone.
	atOnce := flag.Int("parallel", 1, "how many are tried at one time")
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

// check reports which edits cannot be made, in the repository whose root is given.
func check(root string) error {
	var all []error
	for _, m := range mutants() {
		if _, _, err := m.files(root); err != nil {
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
	all, err := trials(chosen, dir)
	if err != nil {
		return err
	}
	outcomes := make([]chan outcome, len(all))
	slots := make(chan struct{}, atOnce)
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	go func() {
		for i, x := range all {
			slots <- struct{}{}
			go func() {
				o := x.try(ctx)
				<-slots
				outcomes[i] <- o
			}()
		}
	}()
	bad := 0
	fmt.Printf("%-58s %-9s %3s  %s\n", "switched off", "", "s", "the test, and what it said")
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
	fmt.Printf("all %d killed\n", len(chosen))
	return nil
}

// files are the files that the mutant changes, by path: as they are, and as it has them.
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
			return nil, nil, fmt.Errorf("%s holds %d times, not once: %q", file, n, e.old)
		}
		after[file] = strings.Replace(text, e.old, e.new, 1)
	}
	return before, after, nil
}

// overlay writes files, by path, and the overlay that puts them in the place of the originals.
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

// trial is a mutant with the overlay that it is built with.
type trial struct {
	mutant
	overlay string
	on      string // of switchVariable; "" where the overlay holds this mutant alone
	err     error
}

// trials builds the overlays: one for all that can be switched, and one for each other.
func trials(chosen []mutant, dir string) (all []trial, err error) {
	s := &switched{root: ".", files: map[string]*switchedFile{}}
	for i, m := range chosen {
		x := trial{mutant: m, on: strconv.Itoa(i)}
		if err := s.add(i, m); err != nil {
			x.on = ""
			if !errors.Is(err, errNoFunction) {
				x.err = err
			} else if _, after, err := m.files("."); err != nil {
				x.err = err
			} else {
				x.overlay, x.err = overlay(filepath.Join(dir, fmt.Sprint(i)), after)
			}
		}
		all = append(all, x)
	}
	together, err := overlay(filepath.Join(dir, "switched"), s.texts())
	if err == nil && len(s.files) > 0 {
		// One that does not compile would keep all others from running.
		if out, failed := exec.Command("go", "build", "-overlay", together, "./...").CombinedOutput(); failed != nil {
			return nil, fmt.Errorf("what is switched off does not build: %s", out)
		}
	}
	for i := range all {
		if all[i].on != "" {
			all[i].overlay = together
		}
	}
	return all, err
}

// try runs the test that must fail.
func (x trial) try(ctx context.Context) outcome {
	begun := time.Now()
	verdict, note, err := x.run(ctx)
	if err = errors.Join(x.err, err); err != nil {
		verdict, note = "ERROR", err.Error()
	}
	return outcome{verdict: verdict, note: note, took: time.Since(begun)}
}

func (x trial) run(ctx context.Context) (verdict, note string, err error) {
	if x.err != nil {
		return "", "", nil
	}
	in, test := x.where()
	cmd := exec.CommandContext(ctx, "go", "test", "-vet=off", "-overlay", x.overlay, "-count=1", "-timeout", testTimeout, "-run", "^"+test, in)
	cmd.Env = append(os.Environ(), overlayVariable+"="+x.overlay, switchVariable+"="+x.on)
	out, failed := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case failed == nil && strings.Contains(string(out), "no tests to run"):
		return "", "", errors.New("no test has that name")
	case failed == nil:
		return survived, "passed", nil
	case strings.Contains(string(out), "panic: test timed out"):
		return killed, "it did not end within " + testTimeout, nil
	case !strings.Contains(string(out), "--- FAIL") && !strings.Contains(string(out), "panic: ") && !strings.Contains(string(out), "fatal error: "):
		return "", "", fmt.Errorf("the test did not run: %.2000s", strings.Join(strings.Fields(string(out)), " "))
	}
	return killed, complaint(string(out)), nil
}

// said is a line of a failed test: the place, then what it says. testify says what it expected in lines of its own.
var (
	said  = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.*)$`)
	wrong = regexp.MustCompile(`(?m)^\s+Error:\s+(.*)$`)
)

// complaint is the first thing that a test said which reads like a failure.
func complaint(out string) string {
	const longest = 110
	for _, match := range said.FindAllStringSubmatch(out, -1) {
		line := match[1]
		for _, word := range failures {
			if strings.Contains(line, word) {
				return line[:min(len(line), longest)]
			}
		}
	}
	if match := wrong.FindStringSubmatch(out); match != nil {
		return match[1][:min(len(match[1]), longest)]
	}
	return "failed"
}

// failures are words of the tests' complaints.
var failures = []string{
	"says:", "a player was answered", "nothing came for", "a viewer would have", "is none of", "goes from packet", "was fetched",
	"not within", "were played", "has gaps", "requests under", "the numbers were", "is not the key", "was asked only", "does not decrypt",
	"had a discontinuity", "times as long", " take ", "is passed on as",
}
