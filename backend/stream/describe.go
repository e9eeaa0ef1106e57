package stream

import (
	"errors"
	"net"
	"net/url"
	"os"
)

// Describe returns the innermost useful text of err, redacted, without the wrappers of net and os, which repeat the method,
// the URL with its token, addresses and paths.
func Describe(err error) string {
	for {
		var (
			request *url.Error
			network *net.OpError
			file    *os.PathError
		)
		switch {
		case errors.As(err, &request):
			err = request.Err
		case errors.As(err, &network):
			err = network.Err
		case errors.As(err, &file):
			err = file.Err
		default:
			return RedactText(err.Error())
		}
	}
}
