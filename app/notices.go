package app

import (
	"time"

	"gridwall/app/notify"
)

// notifier builds the notifier of sessions and failing feeds. The program with a window notifies on this machine, or in the
// page if the machine has no notification service.
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
