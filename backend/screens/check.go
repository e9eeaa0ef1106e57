package screens

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gridwall/backend/stream"
)

const (
	// maxTiles bounds the tiles of a screen.
	maxTiles = 16
	// maxName and maxTitle bound a screen's name and a tile's title, in characters; longer ones are cut.
	maxName  = 100
	maxTitle = 300
	// maxWord bounds the name of a layout, a wall or a way of choosing the sound, in characters.
	maxWord = 300
	// maxSeek bounds a seek in seconds: the longest DVR window is a day. maxDelay bounds a common delay in seconds.
	maxSeek  = 24 * 60 * 60
	maxDelay = 60 * 60
)

var (
	validID     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	validStream = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// takes lists the arguments of each command; those in front of the bar are required.
var takes = map[string]string{
	"open":   "stream_id|place",
	"close":  "|stream_id place",
	"swap":   "place with|",
	"focus":  "|stream_id place",
	"seek":   "seconds|stream_id place",
	"pause":  "|stream_id place",
	"play":   "|stream_id place",
	"live":   "|stream_id place",
	"delay":  "|seconds",
	"sound":  "|stream_id place muted mix",
	"volume": "volume|stream_id place",
	"layout": "layout|",
	"wall":   "wall|",
}

// Commands returns the names of the commands, sorted.
func Commands() []string {
	var out []string
	for name := range takes {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// names returns the names of the arguments that are set.
func (a CommandArguments) names() (out []string) {
	for _, one := range []struct {
		name string
		set  bool
	}{
		{"stream_id", a.StreamID != ""}, {"place", a.Place != 0}, {"with", a.With != 0}, {"seconds", a.Seconds != nil},
		{"volume", a.Volume != nil}, {"muted", a.Muted != nil}, {"mix", a.Mix != nil}, {"layout", a.Layout != ""}, {"wall", a.Wall != ""},
	} {
		if one.set {
			out = append(out, one.name)
		}
	}
	return out
}

// check returns an error for an unknown command, and for arguments that the command does not take.
func (c Command) check() error {
	all, known := takes[c.Command]
	if !known {
		return invalid("unknown command %q; the commands are %s", short(c.Command, maxName), strings.Join(Commands(), ", "))
	}
	must, may, _ := strings.Cut(all, "|")
	required, given := strings.Fields(must), c.Arguments.names()
	for _, name := range required {
		if !slices.Contains(given, name) {
			return invalid("%s needs the argument %s", c.Command, name)
		}
	}
	for _, name := range given {
		if !slices.Contains(required, name) && !slices.Contains(strings.Fields(may), name) {
			return invalid("%s takes no argument %s", c.Command, name)
		}
	}
	a := c.Arguments
	switch {
	case c.Command != "open" && a.StreamID != "" && a.Place != 0:
		return invalid("send either stream_id or place, not both")
	case c.Command == "focus" && a.StreamID == "" && a.Place == 0:
		return invalid("focus needs the argument place or stream_id")
	case a.Place < 0, a.With < 0, a.Place > maxTiles, a.With > maxTiles:
		return invalid("a place is a number from 1 to %d", maxTiles)
	case a.Volume != nil && !within(*a.Volume, 0, 1):
		return invalid("volume must be from 0 to 1")
	case c.Command == "seek" && !within(*a.Seconds, -maxSeek, maxSeek):
		return invalid("seconds must be from %d to %d", -maxSeek, maxSeek)
	case c.Command == "delay" && a.Seconds != nil && !within(*a.Seconds, 0, maxDelay):
		return invalid("seconds must be from 0 to %d", maxDelay)
	case a.StreamID != "" && !validStream.MatchString(a.StreamID):
		return invalid("invalid stream_id; GET /api/v1/screens/streams lists the streams")
	case utf8.RuneCountInString(a.Layout) > maxWord, utf8.RuneCountInString(a.Wall) > maxWord:
		return invalid("an argument is too long")
	}
	return nil
}

// within reports whether v is a number between the limits; NaN is not.
func within(v, least, most float64) bool { return v >= least && v <= most }

// checked returns the state of a report with its texts cleaned, or an error if it is not a possible state.
func (r Report) checked() (State, error) {
	s := r.State
	switch {
	case !validID.MatchString(r.Page):
		return s, invalid("page must have 1 to 40 letters, digits, '_' and '-'")
	case len(s.Tiles) > maxTiles:
		return s, invalid("a screen has at most %d tiles", maxTiles)
	case s.Focused < 0 || s.Focused > maxTiles:
		return s, invalid("focused must be the place of a tile, or 0")
	case s.Delay != nil && !within(*s.Delay, 0, maxDelay):
		return s, invalid("delay must be from 0 to %d seconds", maxDelay)
	}
	s.Name, s.Wall, s.Layout, s.Sound = clean(s.Name, maxName), clean(s.Wall, maxWord), clean(s.Layout, maxWord), clean(s.Sound, maxName)
	if s.Name == "" {
		s.Name = "Unnamed screen"
	}
	s.Tiles = slices.Clone(s.Tiles)
	for i, t := range s.Tiles {
		switch {
		case t.Place != i+1:
			return s, invalid("tiles must be in the order of their places, from 1")
		case !validStream.MatchString(t.StreamID):
			return s, invalid("tile %d has an invalid stream_id", t.Place)
		case !slices.Contains([]string{"starting", "playing", "paused", "waiting", "stopped"}, t.State):
			return s, invalid("tile %d has an unknown state", t.Place)
		case !within(t.Volume, 0, 1):
			return s, invalid("tile %d has a volume outside 0 to 1", t.Place)
		}
		if t.BehindLive != nil && (math.IsNaN(*t.BehindLive) || math.IsInf(*t.BehindLive, 0)) {
			t.BehindLive = nil
		}
		t.Title = clean(t.Title, maxTitle)
		s.Tiles[i] = t
	}
	return s, nil
}

// clean returns one line of text without invisible characters and without anything that could be a token, cut to most characters.
func clean(text string, most int) string {
	return short(stream.RedactText(stream.SingleLine(text)), most)
}

func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
