package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"gridwall/backend/config"
	"gridwall/backend/rules"
)

// The settings, by the names that they have in config.toml; those under "ui." belong to the clients alone.
const (
	KeyRefreshInterval = "refresh.interval"
	KeyExtractInterval = "extract.interval"
	KeyLiveInterval    = "extract.live_interval"
	KeyTimeout         = "extract.timeout"
	KeyCache           = "proxy.cache"
	KeyRewind          = "proxy.rewind"
	KeyRewindSize      = "proxy.rewind_size"
	KeyNotifyBefore    = "notify.before"
	KeyPreflight       = "notify.preflight"
	KeyTheme           = "ui.theme"
	KeyClock           = "ui.clock"
	KeyLayout          = "ui.layout"
	KeyCloseToTray     = "ui.close_to_tray"
	KeyStartAtLogin    = "ui.start_at_login"
	KeyNotify          = "ui.notify"
	KeyPlayer          = "ui.player"
	KeyOpenAtStart     = "ui.open_at_start"
	KeyFit             = "ui.fit_quality"
)

// The words of the settings that are on or off.
const (
	On  = "on"
	Off = "off"
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

// setting is one setting: a field of the configuration, or one of a few words that the clients alone understand.
type setting struct {
	field func(*config.Config) any // *time.Duration, *[]time.Duration, or *int64 for a size in bytes
	words []string                 // the first is the default
}

// settingsTable is the visible list of settings.
func settingsTable() map[string]setting {
	return map[string]setting{
		KeyRefreshInterval: {field: func(c *config.Config) any { return &c.Refresh.Interval }},
		KeyExtractInterval: {field: func(c *config.Config) any { return &c.Extract.Interval }},
		KeyLiveInterval:    {field: func(c *config.Config) any { return &c.Extract.LiveInterval }},
		KeyTimeout:         {field: func(c *config.Config) any { return &c.Extract.Timeout }},
		KeyCache:           {field: func(c *config.Config) any { return &c.Proxy.Cache }},
		KeyRewind:          {field: func(c *config.Config) any { return &c.Proxy.Rewind }},
		KeyRewindSize:      {field: func(c *config.Config) any { return &c.Proxy.RewindSize }},
		KeyNotifyBefore:    {field: func(c *config.Config) any { return &c.Notify.Before }},
		KeyPreflight:       {field: func(c *config.Config) any { return &c.Notify.Preflight }},
		KeyTheme:           {words: []string{"system", "dark", "light"}},
		KeyClock:           {words: []string{"local", "track", "utc"}},
		KeyLayout:          {words: rules.Layouts},
		KeyCloseToTray:     {words: []string{On, Off}},
		KeyStartAtLogin:    {words: []string{Off, On}},
		KeyNotify:          {words: []string{On, Off}},
		KeyPlayer:          {words: []string{"mpv", "vlc"}},
		KeyOpenAtStart:     {words: []string{Off, OpenRules, OpenAll}},
		KeyFit:             {words: []string{On, Off}},
	}
}

// lay checks a value and lays it over c. A setting is what a line of config.toml would be, so config.toml's own
// rules judge it.
func (s setting) lay(c *config.Config, key, v string) error {
	if s.field == nil {
		if !slices.Contains(s.words, v) {
			return fmt.Errorf("%s must be one of %s", key, strings.Join(s.words, ", "))
		}
		return nil
	}
	section, name, _ := strings.Cut(key, ".")
	line := fmt.Sprintf("%q", v)
	if _, list := s.field(c).(*[]time.Duration); list {
		line = listOf(v)
	}
	one, err := config.Parse("", fmt.Appendf(nil, "[%s]\n%s = %s\n", section, name, line))
	if err != nil {
		var e *config.Error
		if errors.As(err, &e) {
			return errors.New(e.Msg)
		}
		return err
	}
	switch to := s.field(c).(type) {
	case *time.Duration:
		*to = *s.field(&one).(*time.Duration)
	case *[]time.Duration:
		*to = *s.field(&one).(*[]time.Duration)
	case *int64:
		*to = *s.field(&one).(*int64)
	}
	return nil
}

// listOf writes "30m, 10m" as the list that it is in config.toml; "off" and nothing are the empty one.
func listOf(v string) string {
	var parts []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" && part != Off {
			parts = append(parts, fmt.Sprintf("%q", part))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// show is the value that the setting has in c, as one would write it; a list has commas between, or is "off".
func (s setting) show(c *config.Config) string {
	switch v := s.field(c).(type) {
	case *time.Duration:
		return showDuration(*v)
	case *[]time.Duration:
		parts := make([]string, len(*v))
		for i, d := range *v {
			parts[i] = showDuration(d)
		}
		if len(parts) == 0 {
			return Off
		}
		return strings.Join(parts, ", ")
	case *int64:
		return strings.ReplaceAll(humanize.IBytes(uint64(*v)), " ", "")
	}
	return ""
}

func showDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
