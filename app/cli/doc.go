// Package cli is the command line: its grammar, the commands, their output and exit codes, and the doctor.
//
// Not here: building the parts (app), and their work (backend).
package cli
