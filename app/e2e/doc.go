// Package e2e holds the tests of the whole program as its users have it: the real binary as a process, real players
// (ffmpeg, mpv), a real CDN (nginx with secure_link) and CDNs that refuse in every way that is known. Nothing of the
// program is imported here.
//
// What a viewer would notice is counted by the players' packets, times and log lines; a player's exit code proves
// nothing. What does not live here: tests of a part, which stand beside it, and long runs (build/soak). That each of
// these tests fails when its mechanism is switched off is shown by build/tools/mutants.
package e2e
