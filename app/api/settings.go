package api

import (
	"context"
	"errors"

	"gridwall/app/api/fault"
	"gridwall/backend/settings"
)

// The settings that shells read, and a value of theirs.
const (
	KeyCloseToTray = settings.KeyCloseToTray
	KeyPlayer      = settings.KeyPlayer

	Off = settings.Off
)

// Settings is the response of Settings and PutSettings.
type Settings struct {
	Settings map[string]string `json:"settings" doc:"The current values of all settings, by their names in config.toml."`
	Fixed    []string          `json:"fixed" nullable:"false" doc:"Those that config.toml sets; they can be changed only there."`
	Restart  []string          `json:"restart" nullable:"false" doc:"Those whose change takes effect at the next start."`
}

// SettingsChange asks for settings to be changed. Those that it does not name stay; null restores the default. Fixed and Restart
// are ignored, so that a client can send back a response of Settings.
type SettingsChange struct {
	Settings map[string]*string `json:"settings" doc:"The settings to change; null restores the default."`
	Fixed    []string           `json:"fixed,omitempty" doc:"Ignored."`
	Restart  []string           `json:"restart,omitempty" doc:"Ignored."`
}

// Settings returns the current settings, and which of them config.toml fixes.
func (a *API) Settings(context.Context) (Settings, error) {
	values, fixed := a.o.Settings.Values()
	return Settings{Settings: values, Fixed: fixed, Restart: []string{}}, nil
}

// PutSettings changes all settings that change names, or none if one of them is invalid.
func (a *API) PutSettings(ctx context.Context, change SettingsChange) (Settings, error) {
	if err := a.o.Settings.Change(change.Settings); err != nil {
		if errors.Is(err, settings.ErrUnknown) {
			return Settings{}, fault.Errorf(fault.CodeInvalid, "%w; GET /api/v1/settings lists the settings", err)
		}
		return Settings{}, fault.AsError(err)
	}
	return a.Settings(ctx)
}
