package app

import (
	"time"

	"gridwall/app/notify"
)

// notifier builds the notifications of sessions and failing feeds: on this machine in a window's program, and in the page where
// the machine has no notification service.
func (a *App) notifier() *notify.Notifier {
	page := notify.Page{Notify: a.api.Notify}
	o := notify.Options{API: a.api, Records: noticeRecords{a.store}, Sender: page, Open: a.api.Offer, Log: a.o.Log}
	if a.o.Open != nil {
		o.Open = func(event, session, _ string) { a.o.Open(event, session) }
	}
	if a.o.Notices != nil {
		o.Sender = notify.Either{First: a.o.Notices, Second: page}
		o.Zone = time.Local
	}
	return notify.New(o)
}
