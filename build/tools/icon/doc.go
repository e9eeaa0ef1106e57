// Icon draws the mark, four grid boxes, two of them taken, in all the forms that desktops, panels and browsers want,
// and writes them to their places in the repository:
//
//	go run ./build/tools/icon
//
// SVG and pixels come from the same shapes. Small sizes are laid out on whole pixels, each for itself.
package main
