package api

import (
	"context"

	"gridwall/backend/pairing"
)

// remoteAccess lets phones of the local network control the window; implemented by app.
type remoteAccess interface {
	Access() pairing.Access
	// NewCode makes a new code for pairing.
	NewCode() error
	// Remove ends the access of a phone.
	Remove(id string) error
}

// RemoteAccess is the response of RemoteAccess and PairRemote: how phones reach the remote of the window.
type RemoteAccess pairing.Access

// RemoteAccess returns how phones reach the remote of the window. On a server, it is not available.
func (a *API) RemoteAccess(context.Context) (RemoteAccess, error) {
	if a.o.Remote == nil {
		return RemoteAccess{Addresses: []string{}, Phones: []pairing.Phone{}}, nil
	}
	return RemoteAccess(a.o.Remote.Access()), nil
}

// PairRemote makes a new code with which a phone pairs. It fails with CodeInvalid unless the window listens on the local network.
func (a *API) PairRemote(ctx context.Context) (RemoteAccess, error) {
	if a.o.Remote == nil {
		return RemoteAccess{}, errNoPairing
	}
	if err := a.o.Remote.NewCode(); err != nil {
		return RemoteAccess{}, AsError(err)
	}
	return a.RemoteAccess(ctx)
}

// UnpairRemote ends the access of a paired phone.
func (a *API) UnpairRemote(_ context.Context, id string) error {
	if a.o.Remote == nil {
		return errNoPairing
	}
	if err := a.o.Remote.Remove(id); err != nil {
		return AsError(err)
	}
	return nil
}

var errNoPairing = Errorf(CodeInvalid, "only Gridwall's window pairs phones; on a server, open /#/remote and log in")
