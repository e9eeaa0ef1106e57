package screens

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// stage is a registry whose screens a test plays.
type stage struct {
	*Screens
	orders  chan Order
	mu      sync.Mutex
	changes int
}

func newStage() *stage {
	s := &stage{orders: make(chan Order, 100)}
	s.Screens = New(func(o Order) { s.orders <- o }, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changes++
	})
	return s
}

func (s *stage) told() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes
}

// wall is a report with one tile for each title.
func wall(page string, titles ...string) Report {
	r := Report{Page: page, State: State{Name: "Chromium on Linux", Layout: "auto", Sound: "focus", Focused: min(1, len(titles))}}
	for i, title := range titles {
		r.Tiles = append(r.Tiles, ScreenTile{Place: i + 1, StreamID: "stream-" + fmt.Sprint(i), Title: title, State: "playing", Volume: 1})
	}
	return r
}

func (s *stage) put(t *testing.T, id string, r Report) Screen {
	t.Helper()
	out, err := s.Put(id, r)
	require.NoError(t, err)
	return out
}

// play carries out orders on a screen: it answers each with the report of after.
func (s *stage) play(id string, after func(Order) Report) {
	o := <-s.orders
	r := after(o)
	r.Acknowledged = append(r.Acknowledged, Acknowledgement{Command: o.ID})
	_, _ = s.Put(id, r)
}

func number(v float64) *float64 { return &v }

func TestACommandReturnsTheStateThatTheScreenReportsAfterIt(t *testing.T) {
	s := newStage()
	before := s.put(t, "a", wall("p", "World feed", "Onboard"))
	after := wall("p", "World feed", "Onboard")
	after.Focused = 2
	var screen sync.WaitGroup
	screen.Go(func() {
		s.play("a", func(o Order) Report {
			assert.Equal(t, Order{Screen: "a", ID: o.ID, Command: "focus", Arguments: CommandArguments{Place: 2}}, o)
			return after
		})
	})
	got, err := s.Do(t.Context(), "a", Command{Command: "focus", Arguments: CommandArguments{Place: 2}, Revision: before.Revision})
	require.NoError(t, err)
	assert.Equal(t, 2, got.Focused)
	assert.NotEqual(t, before.Revision, got.Revision)
	screen.Wait()
	assert.Equal(t, 2, s.told(), "remotes are told of the screen and of its change")
}

func TestOfTwoRemotesWithOneRevisionTheSecondIsRefused(t *testing.T) {
	s := newStage()
	seen := s.put(t, "a", wall("p", "World feed", "Onboard")).Revision
	swapped := wall("p", "Onboard", "World feed")
	go s.play("a", func(Order) Report { return swapped })
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := s.Do(t.Context(), "a", Command{Command: "swap", Arguments: CommandArguments{Place: 1, With: 2}, Revision: seen})
			errs <- err
		}()
	}
	first, second := <-errs, <-errs
	if first != nil {
		first, second = second, first
	}
	require.NoError(t, first)
	require.ErrorIs(t, second, ErrStale)
	assert.EqualError(t, second, "the screen has changed since; read its state again")
	assert.Empty(t, s.orders, "the second command does not reach the screen")
}

func TestTimeAloneDoesNotMakeARevisionStale(t *testing.T) {
	s := newStage()
	r := wall("p", "World feed")
	r.Tiles[0].BehindLive = number(4)
	first := s.put(t, "a", r)
	r = wall("p", "World feed")
	r.Tiles[0].BehindLive = number(4.4)
	second := s.put(t, "a", r)
	assert.Equal(t, first.Revision, second.Revision)
	assert.Equal(t, 1, s.told(), "half a second is not worth an event")
	r.Tiles[0].BehindLive = number(30)
	s.put(t, "a", r)
	assert.Equal(t, 2, s.told(), "a seek is")
}

func TestWhatPlaybackDoesByItselfMakesNoRevisionStale(t *testing.T) {
	s := newStage()
	first := s.put(t, "a", wall("p", "World feed"))
	r := wall("p", "World feed")
	r.Tiles[0].State = "waiting"
	assert.Equal(t, first.Revision, s.put(t, "a", r).Revision)
	assert.Equal(t, 2, s.told(), "remotes see it nevertheless")
	r.Tiles[0].State = "paused"
	assert.NotEqual(t, first.Revision, s.put(t, "a", r).Revision)
}

func TestTheOnlyScreenNeedsNoID(t *testing.T) {
	s := newStage()
	_, err := s.Do(t.Context(), Only, Command{Command: "live"})
	require.ErrorIs(t, err, ErrUnknown)
	s.put(t, "a", wall("p", "World feed"))
	go s.play("a", func(o Order) Report {
		assert.Equal(t, "a", o.Screen)
		return wall("p", "World feed")
	})
	got, err := s.Do(t.Context(), Only, Command{Command: "live"})
	require.NoError(t, err)
	assert.Equal(t, "a", got.ID)
	s.put(t, "b", wall("q", "Onboard"))
	_, err = s.Do(t.Context(), Only, Command{Command: "live"})
	require.ErrorIs(t, err, stream.ErrInvalid)
	_, err = s.Put(Only, wall("r"))
	require.ErrorIs(t, err, stream.ErrInvalid)
}

func TestTwoPagesCannotBeOneScreen(t *testing.T) {
	s := newStage()
	s.put(t, "a", wall("first", "World feed"))
	_, err := s.Put("a", wall("second", "Onboard"))
	require.ErrorIs(t, err, ErrTaken)
	require.EqualError(t, err, `the screen id "a" is used by another page; choose another id`)
	require.ErrorIs(t, s.Delete("a", "second"), ErrTaken)
	assert.Equal(t, "World feed", s.All()[0].Tiles[0].Title)
	require.NoError(t, s.Delete("a", "first"))
	s.put(t, "a", wall("second", "Onboard"))
}

func TestASilentScreenIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.put(t, "a", wall("p", "World feed"))
		time.Sleep(Silence - time.Second)
		s.put(t, "a", wall("p", "World feed"))
		time.Sleep(Silence - time.Second)
		assert.Len(t, s.All(), 1, "it has reported in between")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Empty(t, s.All())
		assert.Equal(t, 2, s.told())
		_, err := s.Do(t.Context(), "a", Command{Command: "live"})
		require.ErrorIs(t, err, ErrUnknown)
		require.EqualError(t, err, `no screen has the id "a"; GET /api/v1/screens lists the screens`)
		require.NoError(t, s.Delete("a", "p"), "a page may leave twice")
	})
}

func TestAScreenThatDoesNotAnswerFailsTheCommandInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.put(t, "a", wall("p", "World feed"))
		began := time.Now()
		_, err := s.Do(t.Context(), "a", Command{Command: "live"})
		require.ErrorIs(t, err, ErrNoAnswer)
		assert.EqualError(t, err, "the screen does not answer")
		assert.Equal(t, answerWait, time.Since(began))
		// A late acknowledgement is of no interest, and the next command gets through.
		late := <-s.orders
		r := wall("p", "World feed")
		r.Acknowledged = []Acknowledgement{{Command: late.ID}}
		s.put(t, "a", r)
		go s.play("a", func(Order) Report { return wall("p", "World feed") })
		_, err = s.Do(t.Context(), "a", Command{Command: "live"})
		require.NoError(t, err)
	})
}

func TestAScreenThatIsClosedInMidCommandFailsItAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.put(t, "a", wall("p", "World feed"))
		errs := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := s.Do(t.Context(), "a", Command{Command: "pause"})
				errs <- err
			}()
		}
		synctest.Wait() // one command is on its way, the other waits
		began := time.Now()
		require.NoError(t, s.Delete("a", "p"))
		for range 2 {
			err := <-errs
			require.ErrorIs(t, err, ErrNoAnswer)
			assert.EqualError(t, err, "the screen does not answer: it was closed")
		}
		assert.Zero(t, time.Since(began))
	})
}

func TestAScreenMayRefuseACommandWithAReason(t *testing.T) {
	s := newStage()
	s.put(t, "a", wall("p", "World feed"))
	go func() {
		o := <-s.orders
		r := wall("p", "World feed")
		r.Acknowledged = []Acknowledgement{{Command: o.ID, Error: "The wall is full.\nSee https://cdn.test/a.m3u8?token=secret" + strings.Repeat(" long", 5000)}}
		_, _ = s.Put("a", r)
	}()
	_, err := s.Do(t.Context(), "a", Command{Command: "open", Arguments: CommandArguments{StreamID: "abc"}})
	require.ErrorIs(t, err, ErrRefused)
	assert.Regexp(t, `^The wall is full\. See https://cdn\.test/a\.m3u8\?… long.*…$`, err.Error())
	assert.LessOrEqual(t, utf8.RuneCountInString(err.Error()), maxTitle)
}

func TestCommandsAndArgumentsAreChecked(t *testing.T) {
	s := newStage()
	s.put(t, "a", wall("p", "World feed"))
	yes := true
	for says, c := range map[string]Command{
		`unknown command "reboot"`:            {Command: "reboot"},
		"open needs the argument stream_id":   {Command: "open"},
		"open takes no argument wall":         {Command: "open", Arguments: CommandArguments{StreamID: "a", Wall: "b"}},
		"invalid stream_id":                   {Command: "open", Arguments: CommandArguments{StreamID: "https://cdn.test/a.m3u8"}},
		"swap needs the argument with":        {Command: "swap", Arguments: CommandArguments{Place: 1}},
		"focus needs the argument place":      {Command: "focus"},
		"either stream_id or place":           {Command: "close", Arguments: CommandArguments{Place: 1, StreamID: "a"}},
		"a place is a number from 1 to 16":    {Command: "focus", Arguments: CommandArguments{Place: 17}},
		"seconds must be from -86400":         {Command: "seek", Arguments: CommandArguments{Seconds: number(1e9)}},
		"seconds must be from 0 to 3600":      {Command: "delay", Arguments: CommandArguments{Seconds: number(-1)}},
		"volume must be from 0 to 1":          {Command: "volume", Arguments: CommandArguments{Volume: number(1.5)}},
		"live takes no argument muted":        {Command: "live", Arguments: CommandArguments{Muted: &yes}},
		"an argument is too long":             {Command: "wall", Arguments: CommandArguments{Wall: strings.Repeat("w", 301)}},
		"layout needs the argument layout":    {Command: "layout"},
		"volume needs the argument volume":    {Command: "volume"},
		"the commands are close, delay, focu": {Command: strings.Repeat("x", 5000)},
	} {
		_, err := s.Do(t.Context(), "a", c)
		require.ErrorIs(t, err, stream.ErrInvalid, says)
		assert.ErrorContains(t, err, says)
		assert.Less(t, len(err.Error()), 300)
	}
	assert.Empty(t, s.orders)
}

func TestReportsAreCheckedAndCleaned(t *testing.T) {
	s := newStage()
	for name, spoil := range map[string]func(*Report){
		"no page":            func(r *Report) { r.Page = "" },
		"a gap":              func(r *Report) { r.Tiles[0].Place = 2 },
		"an unknown state":   func(r *Report) { r.Tiles[0].State = "dancing" },
		"too loud":           func(r *Report) { r.Tiles[0].Volume = 7 },
		"an address as id":   func(r *Report) { r.Tiles[0].StreamID = "https://cdn.test/a.m3u8" },
		"too many tiles":     func(r *Report) { r.Tiles = make([]ScreenTile, 17) },
		"a negative delay":   func(r *Report) { r.Delay = number(-1) },
		"an impossible tile": func(r *Report) { r.Focused = 99 },
	} {
		r := wall("p", "World feed")
		spoil(&r)
		_, err := s.Put("a", r)
		require.ErrorIs(t, err, stream.ErrInvalid, name)
	}
	_, err := s.Put("../a", wall("p"))
	require.ErrorIs(t, err, stream.ErrInvalid)

	r := wall("p", "https://cdn.test/live.m3u8?token=secret\x1b[31m")
	r.Name, r.Wall = strings.Repeat("long ", 100), " \u200bRace\u202e \n day\ufeff "
	got := s.put(t, "a", r)
	assert.NotContains(t, got.Tiles[0].Title, "secret")
	assert.NotContains(t, got.Tiles[0].Title, "\x1b")
	assert.LessOrEqual(t, len(got.Name), maxName+3)
	assert.Equal(t, "Race day", got.Wall)
}

func TestScreensReportsAndCommandsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		for i := range maxScreens {
			s.put(t, fmt.Sprint("s", i), wall("p"))
		}
		_, err := s.Put("one-more", wall("p"))
		require.ErrorIs(t, err, ErrTooMany)

		var refused error
		for range int(burst) + 1 {
			if _, err := s.Put("s0", wall("p")); err != nil {
				refused = err
			}
		}
		require.ErrorIs(t, refused, ErrTooMany)
		time.Sleep(time.Second)
		s.put(t, "s0", wall("p"))

		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range maxWaiting {
			all.Go(func() { _, _ = s.Do(ctx, "s0", Command{Command: "live"}) })
		}
		synctest.Wait()
		_, err = s.Do(ctx, "s0", Command{Command: "live"})
		require.ErrorIs(t, err, ErrTooMany)
		cancel()
		all.Wait()
		for i := range maxScreens {
			require.NoError(t, s.Delete(fmt.Sprint("s", i), "p"))
		}
	})
}

func TestAcknowledgementsAreTakenFromAScreenThatReportsTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		for range int(burst) {
			s.put(t, "a", wall("p", "World feed"))
		}
		_, err := s.Put("a", wall("p", "World feed"))
		require.ErrorIs(t, err, ErrTooMany)
		began := time.Now()
		go s.play("a", func(Order) Report { return wall("p", "Onboard") })
		got, err := s.Do(t.Context(), "a", Command{Command: "live"})
		require.NoError(t, err)
		assert.Zero(t, time.Since(began))
		assert.Equal(t, "Onboard", got.Tiles[0].Title, "the state after the command")
		r := wall("p", "World feed")
		r.Acknowledged = []Acknowledgement{{Command: "made-up"}}
		_, err = s.Put("a", r)
		require.ErrorIs(t, err, ErrTooMany, "only a command that waits is acknowledged")
	})
}
