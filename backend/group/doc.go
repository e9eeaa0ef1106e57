// Package group starts a program of this machine so that it can be ended with all that it starts: as the head of a
// process group of its own on Unix, in a job of its own on Windows. What is run, and what becomes of its output, is the
// business of the source kinds that run programs.
package group
