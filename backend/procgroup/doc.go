// Package procgroup starts a program so that it can be ended together with everything that it starts: as the leader of a
// process group of its own on Unix, in a job of its own on Windows. What to run, and what to do with its output, is up to
// the source kinds that run programs.
package procgroup
