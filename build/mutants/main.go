// Command mutants shows that each mechanism which keeps a stream playing has a test that fails without it: it
// switches one after the other off, in a copy, and runs the end-to-end test that must notice.
//
//	go run ./build/mutants            all of them; some six minutes
//	go run ./build/mutants cookie     those whose name contains a word
//
// It prints a table and ends with 1 where a mutant survived: its test passed although the mechanism was off. The tree
// is not touched (go build -overlay). It is no part of build/test.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	// tests is the package of the end-to-end tests; it builds the program with the overlay that this variable names.
	tests           = "./app/e2e"
	overlayVariable = "GRIDWALL_OVERLAY"
	// testTimeout bounds one run of one test.
	testTimeout = "4m"
	// atOnce is how many mutants are tried at one time: each plays in real time, and waits more than it works.
	atOnce = 2
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
	if err := run(ctx, strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, word string) error {
	dir, err := os.MkdirTemp("", "gridwall-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := os.Stat("go.mod"); err != nil {
		return fmt.Errorf("run it in the repository's root: %w", err)
	}
	var chosen []mutant
	for _, m := range mutants {
		if strings.Contains(m.name, word) {
			chosen = append(chosen, m)
		}
	}
	outcomes := make([]chan outcome, len(chosen))
	slots := make(chan struct{}, atOnce)
	for i, m := range chosen {
		outcomes[i] = make(chan outcome, 1)
		go func() {
			slots <- struct{}{}
			o := m.try(ctx, filepath.Join(dir, fmt.Sprint(i)))
			<-slots
			outcomes[i] <- o
		}()
	}
	bad := 0
	fmt.Printf("%-36s %-9s %3s  %s\n", "switched off", "", "s", "the test, and what it said")
	for i, m := range chosen {
		o := <-outcomes[i]
		if o.verdict != killed {
			bad++
		}
		fmt.Printf("%-36s %-9s %3.0f  %s: %s\n", m.name, o.verdict, o.took.Seconds(), m.test, o.note)
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

// try changes the file and runs the test that must fail.
func (m mutant) try(ctx context.Context, dir string) outcome {
	begun := time.Now()
	verdict, note, err := m.run(ctx, dir)
	if err != nil {
		verdict, note = "ERROR", err.Error()
	}
	return outcome{verdict: verdict, note: note, took: time.Since(begun)}
}

// overlay writes the changed file and the overlay that puts it in the place of the original.
func (m mutant) overlay(dir string) (overlay string, err error) {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	changed := string(text)
	for _, e := range m.edits {
		if n := strings.Count(changed, e.old); n != 1 {
			return "", fmt.Errorf("%s holds %d times, not once: %q", m.file, n, e.old)
		}
		changed = strings.Replace(changed, e.old, e.new, 1)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	original, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	mutated, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: mutated}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(mutated, []byte(changed), 0o600); err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, list, 0o600)
}

func (m mutant) run(ctx context.Context, dir string) (verdict, note string, err error) {
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", "", err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-count=1", "-timeout", testTimeout, "-run", m.test, tests)
	cmd.Env = append(os.Environ(), overlayVariable+"="+overlay)
	out, failed := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case failed == nil && strings.Contains(string(out), "no tests to run"):
		return "", "", errors.New("no test has that name")
	case failed == nil:
		return survived, "passed", nil
	case !strings.Contains(string(out), "--- FAIL"):
		return "", "", fmt.Errorf("the test did not run: %s", strings.Join(strings.Fields(string(out)), " "))
	}
	return killed, complaint(string(out)), nil
}

// said is a line of a failed test: the place, then what it says.
var said = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.*)$`)

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
	return "failed"
}

// failures are words of the tests' complaints.
var failures = []string{
	"says:", "a player was answered", "nothing came for", "a viewer would have", "is none of", "goes from packet", "was fetched",
	"not within", "were played", "has gaps", "requests under", "the numbers were", "is not the key", "was asked only", "does not decrypt",
	"had a discontinuity",
}
