// Package cli is the command line: its grammar, the commands, their output and exit codes, and the doctor.
//
// What does not live here: building the parts (app), and their work (backend).
package cli
