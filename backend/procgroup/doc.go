// Package procgroup starts a program so that it can be killed together with all its children: as the leader of its own process
// group on Unix, in its own job object on Windows.
//
// What does not live here: which program to run, and what to do with its output (the source kinds command and browser).
package procgroup
