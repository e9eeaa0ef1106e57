//go:build desktop || dev

package tray

import _ "embed"

//go:embed icons/idle-64.png
var idlePicture []byte

//go:embed icons/live-64.png
var livePicture []byte

// picture returns the icon as the panel gets it. systray hands over one size; a panel shrinks the large one well.
func picture(live bool) []byte {
	if live {
		return livePicture
	}
	return idlePicture
}
