//go:build desktop || dev

package tray

import _ "embed"

//go:embed icons/idle-64.png
var idlePicture []byte

//go:embed icons/live-64.png
var livePicture []byte

// picture returns the icon for the panel. systray sends a single size, and panels scale a large icon down well.
func picture(live bool) []byte {
	if live {
		return livePicture
	}
	return idlePicture
}
