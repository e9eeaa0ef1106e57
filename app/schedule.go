package app

import (
	"fmt"
	"text/tabwriter"
	"time"

	"gridwall/app/api"
)

type scheduleCommand struct {
	folders
	JSON bool `name:"json" help:"Print the calendar as JSON."`
	Demo bool `help:"Print the demo's calendar."`
}

// Run fetches the calendar and prints it. It opens no database, so it runs beside a server.
func (c scheduleCommand) Run(p *process) error {
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	b, err := newBase(Options{Config: conf, Paths: paths, Demo: c.Demo, Log: p.log})
	if err != nil {
		return err
	}
	defer b.close()
	service := b.schedule(nil, api.ScheduleSettings(conf.Schedule), conf.Fixed("schedule"), nil)
	service.Refresh(p.ctx)
	if p.ctx.Err() != nil {
		return nil // asked to stop: that is no failure
	}
	calendar := api.FromCalendar(service.Calendar(time.Now()))
	if c.JSON {
		if err := printJSON(p.stdout, calendar); err != nil {
			return err
		}
	} else {
		t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, e := range calendar.Events {
			fmt.Fprintf(t, "%s\t%s\t\t\n", cell(e.Name), cell(e.Circuit))
			for _, s := range e.Sessions {
				start := "time to be announced"
				if s.Start != nil {
					start = s.Start.Local().Format("Mon 2 Jan 2006 15:04")
				}
				fmt.Fprintf(t, "  %s\t%s\t%s\t\n", cell(s.Name), start, s.Status)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if calendar.Error == nil {
		return nil
	}
	fmt.Fprintln(p.stderr, "gridwall: "+*calendar.Error)
	if len(calendar.Events) == 0 {
		return errReported
	}
	return nil
}
