// Package e2e tests the whole program as users run it: the real binary as a process, real players (ffmpeg, mpv), a real CDN
// (nginx with secure_link) and CDNs that refuse in every known way. It imports nothing of the program.
//
// The tests measure what a viewer would notice by the players' packets, times and log lines, because a player's exit code
// proves nothing. What does not live here: tests of single packages, and long runs (build/soak). build/tools/mutants shows
// that each test fails when its mechanism is switched off.
package e2e
