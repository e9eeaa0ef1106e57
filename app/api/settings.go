package api

import (
	"context"
	"errors"

	"gridwall/backend/settings"
)

// The settings that shells obey, and words of theirs.
const (
	KeyCloseToTray = settings.KeyCloseToTray
	KeyPlayer      = settings.KeyPlayer

	Off = settings.Off
)

// Settings answers Settings and PutSettings.
type Settings struct {
	Settings map[string]string `json:"settings" doc:"All settings in force, by their names in config.toml."`
	Fixed    []string          `json:"fixed" nullable:"false" doc:"Those that config.toml sets; they can be changed there alone."`
	Restart  []string          `json:"restart" nullable:"false" doc:"Those whose change takes effect at the next start."`
}

// SettingsChange asks for settings to be changed; those that it does not name stay, null goes back to the default.
// Fixed and Restart are ignored, so that an answer of Settings can be sent back.
type SettingsChange struct {
	Settings map[string]*string `json:"settings" doc:"The settings to change; null: back to the default."`
	Fixed    []string           `json:"fixed,omitempty" doc:"Ignored."`
	Restart  []string           `json:"restart,omitempty" doc:"Ignored."`
}

// Settings answers the settings in force, and which of them are fixed by config.toml.
func (a *API) Settings(context.Context) (Settings, error) {
	values, fixed := a.o.Settings.Values()
	return Settings{Settings: values, Fixed: fixed, Restart: []string{}}, nil
}

// PutSettings changes settings: all that the change names, or, where one of them is wrong, none.
func (a *API) PutSettings(ctx context.Context, change SettingsChange) (Settings, error) {
	if err := a.o.Settings.Change(change.Settings); err != nil {
		if errors.Is(err, settings.ErrUnknown) {
			return Settings{}, Errorf(CodeInvalid, "%w; GET /api/v1/settings lists those there are", err)
		}
		return Settings{}, AsError(err)
	}
	return a.Settings(ctx)
}
