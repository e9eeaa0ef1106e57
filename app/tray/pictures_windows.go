//go:build desktop || dev

package tray

import _ "embed"

//go:embed icons/idle.ico
var idlePicture []byte

//go:embed icons/live.ico
var livePicture []byte

// picture returns the icon in all its sizes; Windows chooses one.
func picture(live bool) []byte {
	if live {
		return livePicture
	}
	return idlePicture
}
