// Command icon draws the logo, four grid boxes of which two are filled, in all formats for desktops, panels and browsers, and writes the
// files to their folders in the repository:
//
//	go run ./build/tools/icon
//
// SVG and PNG files are drawn from the same shapes. Each small size is aligned to whole pixels.
package main
