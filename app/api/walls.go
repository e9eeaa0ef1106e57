package api

import "gridwall/app/api/wall"

// The types of the methods that API embeds from wall.Facade.
type (
	Wall            = wall.Wall
	WallList        = wall.WallList
	Layouts         = wall.Layouts
	Screen          = wall.Screen
	ScreenList      = wall.ScreenList
	ScreenCommand   = wall.ScreenCommand
	ScreenReport    = wall.ScreenReport
	ScreenOrder     = wall.ScreenOrder
	ScreenStreamSet = wall.ScreenStreamSet
	OffsetList      = wall.OffsetList
	OffsetChange    = wall.OffsetChange
	Clock           = wall.Clock
	RemoteAccess    = wall.RemoteAccess
)
