//go:build desktop || dev || bindings

package desktop

import _ "embed"

// icon is the window's icon, drawn by build/tools/icon.
//
//go:embed icon.png
var icon []byte

// Icon returns the window's icon, as a PNG.
func Icon() []byte { return icon }

// backRed, backGreen and backBlue are the colour of the window before the page is drawn.
const backRed, backGreen, backBlue = 0x0a, 0x0a, 0x0c
