package wall

import (
	"context"

	"gridwall/app/api/fault"
	"gridwall/backend/pairing"
)

// Remote lets phones of the local network control the window; implemented by app.
type Remote interface {
	Access() pairing.Access
	// NewCode makes a new code for pairing.
	NewCode() error
	// Remove ends the access of a phone.
	Remove(id string) error
}

// RemoteAccess is the response of RemoteAccess and PairRemote: how phones reach the remote of the window.
type RemoteAccess pairing.Access

// RemoteAccess returns how phones reach the remote of the window. On a server, it is not available.
func (f *Facade) RemoteAccess(context.Context) (RemoteAccess, error) {
	if f.o.Remote == nil {
		return RemoteAccess{Addresses: []string{}, Phones: []pairing.Phone{}}, nil
	}
	return RemoteAccess(f.o.Remote.Access()), nil
}

// PairRemote makes a new code with which a phone pairs. It fails with fault.CodeInvalid unless the window listens on the local
// network.
func (f *Facade) PairRemote(ctx context.Context) (RemoteAccess, error) {
	if f.o.Remote == nil {
		return RemoteAccess{}, errNoPairing
	}
	if err := f.o.Remote.NewCode(); err != nil {
		return RemoteAccess{}, fault.AsError(err)
	}
	return f.RemoteAccess(ctx)
}

// UnpairRemote ends the access of a paired phone.
func (f *Facade) UnpairRemote(_ context.Context, id string) error {
	if f.o.Remote == nil {
		return errNoPairing
	}
	if err := f.o.Remote.Remove(id); err != nil {
		return fault.AsError(err)
	}
	return nil
}

var errNoPairing = fault.Errorf(fault.CodeInvalid, "only Gridwall's window pairs phones; on a server, open /#/remote and log in")
