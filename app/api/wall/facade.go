package wall

import (
	"gridwall/backend/offsets"
	"gridwall/backend/screens"
	"gridwall/backend/stream"
	"gridwall/backend/walls"
)

// Options are the parts of a Facade.
type Options struct {
	Walls   *walls.Walls
	Offsets *offsets.Offsets
	Remote  Remote // nil on a server
	Screens *screens.Screens
	Streams streams
}

// streams are those that a remote can choose from; implemented by backend/extract.Service.
type streams interface {
	Streams() []stream.Stream
}

// Facade has the methods of the contract that show walls. It is safe for concurrent use.
type Facade struct{ o Options }

// New builds a Facade.
func New(o Options) *Facade { return &Facade{o} }
