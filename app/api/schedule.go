package api

import (
	"context"

	"gridwall/app/api/fault"
	"gridwall/backend/jsontypes"
)

// Schedule returns the calendar with the current status of each session. If a calendar could not be fetched, it does not fail: it
// returns the last one, with Stale and the reason.
func (a *API) Schedule(context.Context) (Schedule, error) {
	return jsontypes.FromCalendar(a.o.Calendars.Sessions.Calendar(a.o.Now())), nil
}

// RefreshSchedule fetches the calendars again, and returns the new schedule.
func (a *API) RefreshSchedule(ctx context.Context) (Schedule, error) {
	a.o.Calendars.Sessions.Refresh(ctx)
	if err := ctx.Err(); err != nil {
		return Schedule{}, fault.AsError(err)
	}
	return a.Schedule(ctx)
}
