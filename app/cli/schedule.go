package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"gridwall/app"
	"gridwall/app/api"
	"gridwall/backend/jsontypes"
	"gridwall/backend/season"
	"gridwall/backend/settings"
)

type scheduleCommand struct {
	folders
	JSON   bool     `name:"json" help:"Print the calendar as JSON, like GET /api/v1/schedule."`
	Demo   bool     `help:"Print the demo's calendar."`
	Series []string `placeholder:"NAME" help:"Print only these series, such as f1 or motogp."`
	Zone   string   `placeholder:"ZONE" help:"The time zone of the times, such as Europe/London or UTC; by default this machine's. JSON is in UTC."`
}

// Run fetches the calendar and prints it. It opens no database, so that it can run beside a server. Therefore it reads only the
// calendars in config.toml, not those that were set in the window.
func (c scheduleCommand) Run(p *process) error {
	zone := time.Local
	if c.Zone != "" {
		z, err := time.LoadLocation(c.Zone)
		if err != nil {
			return &usageError{fmt.Errorf("--zone=%q is not a known time zone; write one such as Europe/London, or UTC", c.Zone)}
		}
		zone = z
	}
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	b, err := app.NewBase(app.Options{Config: conf, Paths: paths, Demo: c.Demo, Log: p.quietLog()})
	if err != nil {
		return err
	}
	defer b.Close()
	service := b.Schedule(settings.FromConfig(conf.Schedule), conf.Fixed("schedule"))
	service.Refresh(p.ctx)
	if p.ctx.Err() != nil {
		return nil // a signal is not a failure
	}
	now := time.Now()
	calendar := jsontypes.FromCalendar(service.Calendar(now))
	all := len(calendar.Events)
	if len(c.Series) > 0 {
		calendar.Events = slices.DeleteFunc(calendar.Events, func(e api.RaceEvent) bool {
			return !slices.ContainsFunc(c.Series, func(s string) bool { return season.SameSeries(s, e.Series) })
		})
	}
	if c.JSON {
		err = printJSON(p.stdout, calendar)
	} else {
		err = printSchedule(p.stdout, calendar, zone, now)
	}
	if err != nil || calendar.Error == nil {
		return err
	}
	fmt.Fprintln(p.stderr, "gridwall: "+calendarFailure(b, *calendar.Error, settings.FromConfig(conf.Schedule)))
	if all == 0 {
		return errReported
	}
	return nil
}

// calendarFailure returns the error text with the names of calendars instead of their keys, and with advice.
func calendarFailure(b *app.Base, text string, set []settings.Calendar) string {
	for _, s := range set {
		if key := b.Key(s); s.Kind == "ics" {
			name := "calendar"
			if s.Name != "" {
				name = fmt.Sprintf("calendar %q", s.Name)
			}
			text = strings.ReplaceAll(text, key+": ", name+": ")
		}
	}
	if strings.Contains(text, "the answer is a web page") {
		text += "; use the address of the calendar itself, which usually ends in .ics"
	}
	if strings.Contains(text, "no such host") {
		text += "; " + adviceHost
	}
	return text
}

// printSchedule prints the calendar for people.
func printSchedule(out io.Writer, calendar api.Schedule, zone *time.Location, now time.Time) error {
	several := slices.ContainsFunc(calendar.Events, func(e api.RaceEvent) bool { return e.Series != calendar.Events[0].Series })
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	paint := painter(out)
	for _, e := range calendar.Events {
		where := e.Circuit
		if where == "" {
			where = e.Locality
		}
		name := e.Name
		if several {
			name = strings.ToUpper(e.Series) + " " + name
		}
		fmt.Fprintf(t, "%s\t%s\t\t\n", cell(name), cell(where))
		for _, s := range e.Sessions {
			fmt.Fprintf(t, "  %s\t%s\t%s\t\n", cell(s.Name), whenWords(s, zone), paint(statusWords(s, zone, now), s.Status))
		}
	}
	return t.Flush()
}

const (
	printedTime = "Mon 2 Jan 2006 15:04"
	printedDay  = "Mon 2 Jan 2006"
)

func whenWords(s api.Session, zone *time.Location) string {
	if s.Start != nil {
		return s.Start.In(zone).Format(printedTime)
	}
	if day, err := time.Parse(time.DateOnly, s.Date); err == nil {
		return day.Format(printedDay) + ", time to be announced"
	}
	return "time to be announced"
}

func statusWords(s api.Session, zone *time.Location, now time.Time) string {
	words := []string{s.Status}
	if s.OverTime && s.End != nil && !now.Before(*s.End) {
		words = append(words, "over time")
	}
	if s.MovedFrom != nil {
		words = append(words, "moved from "+s.MovedFrom.In(zone).Format("Mon 2 Jan 15:04"))
	}
	if s.InDoubt {
		words = append(words, "date in doubt")
	}
	if s.Overridden {
		words = append(words, "overridden")
	}
	return strings.Join(words, ", ")
}

// painter returns a function that colours words by status, if out is a terminal that permits colours (no-color.org). The words
// also name the status. They must be the last cell of a line, because tabwriter counts the bytes of the colour codes.
func painter(out io.Writer) func(words, status string) string {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return func(words, _ string) string { return words }
	}
	codes := map[string]string{"live": "1;31", "past": "2", "cancelled": "33"}
	return func(words, status string) string {
		if code := codes[status]; code != "" {
			return "\x1b[" + code + "m" + words + "\x1b[0m"
		}
		return words
	}
}
