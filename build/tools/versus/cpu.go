package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu returns how much CPU time a process and its children have used so far, user and system together. It adds up the scheduler's
// statistics of all threads, which are in nanoseconds.
func cpu(pid int) (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil {
		return 0, err
	}
	if len(tasks) == 0 {
		return 0, fmt.Errorf("there is no process %d", pid)
	}
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(filepath.Join(task, "schedstat"))
		if os.IsNotExist(err) {
			continue // a thread that has ended since
		}
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
		children, err := os.ReadFile(filepath.Join(task, "children"))
		if err != nil {
			continue
		}
		for field := range bytes.FieldsSeq(children) {
			child, err := strconv.Atoi(string(field))
			if err != nil {
				return 0, err
			}
			used, err := cpu(child)
			if err != nil {
				return 0, err
			}
			sum += used
		}
	}
	return sum, nil
}

// resident returns the resident set of a process in bytes.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("no VmRSS of process %d", pid)
}
