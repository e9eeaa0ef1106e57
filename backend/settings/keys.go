package settings

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

// ErrFixed is returned for a setting that config.toml sets, which can be changed only there.
var ErrFixed = errors.New("set in config.toml")

// ErrUnknown is returned for a key that is not a setting.
var ErrUnknown = errors.New("unknown setting")

// The keys of the settings, as in config.toml. Those under "ui." are not in config.toml: only clients use them.
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
	KeyTileControls    = "ui.tile_controls"
	KeyKeys            = "ui.keys"
	KeyLetterKeys      = "ui.letter_keys"
	KeyRemote          = "ui.remote"
	KeyAudioLanguages  = "ui.audio_languages"
	KeyDelay           = "ui.delay"
)

// Values of settings.
const (
	On  = "on"
	Off = "off"
	// OpenRules and OpenAll are values of ui.open_at_start: the grid opens by itself for sessions whose feeds a rule selects,
	// or for all that have feeds.
	OpenRules = "rules"
	OpenAll   = "all"
)

// setting describes a setting: it is a field of the configuration, or, if only clients use it, one of several words, or a text
// that validate accepts, by default empty.
type setting struct {
	field func(*config.Config) any // *time.Duration, *[]time.Duration, or *int64 for a size in bytes
	words []string                 // the first is the default

	validate func(v string) error
}

// table returns all settings by key.
func table() map[string]setting {
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
		KeyTileControls:    {words: []string{"pointer", "hidden"}},
		KeyKeys:            {validate: validateKeys},
		KeyLetterKeys:      {words: []string{On, Off}},
		KeyRemote:          {words: []string{Off, On}},
		KeyAudioLanguages:  {validate: validateLanguages},
		KeyDelay:           {validate: validateDelay},
	}
}

// set validates a value as in config.toml, and sets it in c. Words and texts are only validated.
func (s setting) set(c *config.Config, key, v string) error {
	if s.validate != nil {
		return s.validate(v)
	}
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

// listOf returns "30m, 10m" as a TOML list; "off" and "" are the empty list.
func listOf(v string) string {
	var parts []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" && part != Off {
			parts = append(parts, fmt.Sprintf("%q", part))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// format returns the setting's value in c as a user would write it; a list is separated by commas, an empty one is "off".
func (s setting) format(c *config.Config) string {
	switch v := s.field(c).(type) {
	case *time.Duration:
		return config.FormatDuration(*v)
	case *[]time.Duration:
		parts := make([]string, len(*v))
		for i, d := range *v {
			parts[i] = config.FormatDuration(d)
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

// Players returns the names of external players that ui.player can have, in order of preference.
func Players() []string { return slices.Clone(table()[KeyPlayer].words) }
