package app

import (
	"errors"

	"gridwall/app/server"
	"gridwall/backend/config"
)

// TokenError adds to the server's error about a token the place in config.toml where the token is set.
func TokenError(conf config.Config, err error) error {
	var short *server.ShortTokenError
	if errors.As(err, &short) {
		return &config.Error{File: conf.File, Line: conf.Line(short.Key), Msg: short.Error()}
	}
	return err
}
