//go:build desktop || dev

package tray

import _ "embed"

//go:embed icons/idle-template-44.png
var idlePicture []byte

//go:embed icons/live-template-44.png
var livePicture []byte

// picture returns the icon as a template image: only its shape matters, the menu bar chooses the colour.
func picture(live bool) []byte {
	if live {
		return livePicture
	}
	return idlePicture
}
